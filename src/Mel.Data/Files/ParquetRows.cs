using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mel.Runtime;
using Microsoft.Win32.SafeHandles;
using Parquet;
using Parquet.Schema;

namespace Mel.Data.Files;

/// <summary>Reads the rows of a parquet file. In memory are a few pages of each column that is read, however large the row groups are.</summary>
internal sealed class ParquetRows : IRowReader
{
    private static readonly JsonWriterOptions Writing = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PagedStream _stream;
    private readonly SafeFileHandle _file;
    private readonly ParquetReader _reader;
    private readonly Field[] _fields;
    private readonly ArrayBufferWriter<byte> _row = new();
    private readonly Utf8JsonWriter _json;
    private RowAssembler[] _assemblers = [];
    private ParquetColumn[] _columns = [];
    private bool _isOpen;
    private int _group;
    private long _rowInGroup;

    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">It is no parquet file, damaged, or no regular file.</exception>
    public ParquetRows(string path)
    {
        Path = path;
        _json = new Utf8JsonWriter(_row, Writing);
        FileStream file = RegularFile.Open(path, Fault);
        _file = file.SafeFileHandle;
        _stream = new PagedStream(file);
        try
        {
            ParquetFooter.Check(_file, Fault);
            var options = new ParquetOptions { UseBigDecimal = false, UseDateOnlyTypeForDates = true };
            _reader = Decoded(() => ParquetReader.CreateAsync(_stream, options, leaveStreamOpen: true).GetAwaiter().GetResult());
            _fields = [.. Decoded(() => _reader.Schema.Fields)];
            Keep(_fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal));
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Number { get; private set; }

    public int RowBytes => _row.WrittenCount;

    public IReadOnlyList<string> Columns => [.. _fields.Select(f => f.Name)];

    public void Keep(IReadOnlySet<string> columns)
    {
        RowMark here = Mark();
        _assemblers =
        [
            .. _fields.Where(f => columns.Contains(f.Name)).Select(f => Decoded(() => RowAssembler.Of(f)) ?? throw Fault(
                $"values of the column '{Excerpt.Of(f.Name)}' are of a type that is not read; write it as text or numbers, or choose a layout without it.")),
        ];
        _columns = [.. _assemblers.SelectMany(a => a.Columns)];
        // A place says nothing of columns that were not read before: rows up to here are passed over.
        Seek(here with { RowInGroup = 0, Before = here.Before - here.RowInGroup, Columns = [] });
        for (long row = 0; row < here.RowInGroup; row++) Read()!.Dispose();
    }

    public JsonDocument? Read()
    {
        while (_group < _reader.RowGroupCount && _rowInGroup >= _reader.RowGroups[_group].RowCount) OpenGroup(_group + 1, 0, []);
        if (_group >= _reader.RowGroupCount) return null;
        if (!_isOpen) OpenGroup(_group, _rowInGroup, []);
        Number++;
        return Decoded(() =>
        {
            Assemble();
            return JsonDocument.Parse(_row.WrittenMemory, new JsonDocumentOptions { MaxDepth = FileLimits.Depth });
        });
    }

    public RowMark Mark() => new(Number, 0, _group, _rowInGroup, _isOpen ? Decoded<ColumnPlace[]>(() => [.. _columns.Select(c => c.Place())]) : []);

    public void Seek(RowMark mark)
    {
        Number = mark.Before;
        OpenGroup(mark.Group, mark.RowInGroup, mark.Columns);
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }

    private void OpenGroup(int group, long row, IReadOnlyList<ColumnPlace> places)
    {
        (_group, _rowInGroup, _isOpen) = (group, row, group < _reader.RowGroupCount);
        if (!_isOpen) return;
        Decoded(() =>
        {
            ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
            if (reader.RowCount < 0) throw new InvalidDataException("a row group has a negative number of rows");
            foreach ((int i, ParquetColumn column) in _columns.Index()) column.Open(reader, _stream, _file, places.Count > 0 ? places[i] : null);
            return true;
        });
    }

    private void Assemble()
    {
        _row.ResetWrittenCount();
        _json.Reset(_row);
        _json.WriteStartObject();
        foreach (RowAssembler assembler in _assemblers)
        {
            _json.WritePropertyName(assembler.Name);
            assembler.Write(_json);
        }

        _json.WriteEndObject();
        _json.Flush();
        _rowInGroup++;
        foreach (ParquetColumn column in _columns)
        {
            if (column.HasEntry() ? column.Repetition != 0 : _rowInGroup < _reader.RowGroups[_group].RowCount)
                throw new InvalidDataException($"the column '{column.Field.Path}' does not have the rows that its row group claims");
        }
    }

    /// <summary>Whatever goes wrong in a file that is decoded, the file is to blame.</summary>
    private T Decoded<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception e) when (e is not DataFormatException)
        {
            throw new DataFormatException(
                Path, Number,
                $"the parquet file is damaged, or of a form that is not read ({Excerpt.Of(e.Message, 200)}); fetch it again, or write it with another writer.",
                e);
        }
    }

    private DataFormatException Fault(string problem, Exception? inner = null) => new(Path, 0, problem, inner);
}
