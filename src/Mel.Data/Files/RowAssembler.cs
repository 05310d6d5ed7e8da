using System.Text.Json;
using Parquet.Schema;

namespace Mel.Data.Files;

/// <summary>Puts a field of a row together from the columns below it, as the levels of their entries say (Melnik et al., 2010: Dremel).</summary>
internal sealed class RowAssembler
{
    private readonly Field _field;
    private readonly RowAssembler[] _inner;
    private readonly ParquetColumn[] _columns;

    private RowAssembler(Field field, RowAssembler[] inner, ParquetColumn[] columns) => (_field, _inner, _columns) = (field, inner, columns);

    /// <summary>The name of the field.</summary>
    public string Name => _field.Name;

    /// <summary>The columns below the field.</summary>
    public IReadOnlyList<ParquetColumn> Columns => _columns;

    /// <summary>Makes the assembler of a field, or null where values of a type below it are not read.</summary>
    public static RowAssembler? Of(Field field)
    {
        if (field is DataField leaf) return ParquetValues.Of(leaf) is { } column ? new RowAssembler(leaf, [], [column]) : null;
        Field[] fields = field switch
        {
            StructField group => [.. group.Fields],
            ListField list => [list.Item],
            MapField map => [map.Key, map.Value],
            _ => [],
        };
        RowAssembler?[] inner = [.. fields.Select(Of)];
        return inner.Length == 0 || inner.Contains(null) ? null : new RowAssembler(field, inner!, [.. inner.SelectMany(i => i!._columns)]);
    }

    /// <summary>Writes the field of the row that the columns stand at.</summary>
    /// <exception cref="InvalidDataException">The columns do not fit together.</exception>
    public void Write(Utf8JsonWriter json)
    {
        ParquetColumn first = _columns[0];
        if (!first.HasEntry()) throw new InvalidDataException($"the column '{first.Field.Path}' has fewer values than its row group has rows");
        switch (_field)
        {
            case DataField { IsArray: true } leaf:
                if (first.Definition < leaf.MaxDefinitionLevel) WriteNothing(json, isEmpty: true);
                else WriteElements(json, leaf.MaxRepetitionLevel, first.Write);
                break;
            case DataField:
                first.Write(json);
                break;
            case StructField when first.Definition < _field.MaxDefinitionLevel:
                WriteNothing(json, isEmpty: false);
                break;
            case StructField:
                json.WriteStartObject();
                foreach (RowAssembler inner in _inner)
                {
                    json.WritePropertyName(inner.Name);
                    inner.Write(json);
                }

                json.WriteEndObject();
                break;
            case var _ when first.Definition < _field.MaxDefinitionLevel:
                WriteNothing(json, isEmpty: first.Definition == _field.MaxDefinitionLevel - 1);
                break;
            default:
                WriteElements(json, _field.MaxRepetitionLevel, _field is MapField ? WritePair : _inner[0].Write);
                break;
        }
    }

    private void WriteElements(Utf8JsonWriter json, int level, Action<Utf8JsonWriter> element)
    {
        json.WriteStartArray();
        do element(json);
        while (_columns[0].HasEntry() && _columns[0].Repetition == level);
        json.WriteEndArray();
    }

    /// <summary>Writes an entry of a map as a list of key and value: a key need not be text.</summary>
    private void WritePair(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (RowAssembler inner in _inner) inner.Write(json);
        json.WriteEndArray();
    }

    /// <summary>Every column has one entry for what is not there.</summary>
    private void WriteNothing(Utf8JsonWriter json, bool isEmpty)
    {
        foreach (ParquetColumn column in _columns)
        {
            if (!column.HasEntry()) throw new InvalidDataException($"the column '{column.Field.Path}' has fewer values than its row group has rows");
            column.Advance();
        }

        if (isEmpty)
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }
        else json.WriteNullValue();
    }
}
