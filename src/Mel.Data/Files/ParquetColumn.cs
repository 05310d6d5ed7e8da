using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace Mel.Data.Files;

/// <summary>Walks through the entries of a column: its values and nulls, with the levels that say where in a nested row each one stands.</summary>
internal abstract class ParquetColumn(DataField field)
{
    private ColumnPages? _pages;
    private PagedStream? _stream;
    private ParquetRowGroupReader? _group;

    public DataField Field { get; } = field;

    /// <summary>How many levels of the path to this entry are there; all of them where it is a value.</summary>
    public int Definition => Field.MaxDefinitionLevel == 0 ? 0 : Definitions[Entry];

    /// <summary>The level of the list that this entry goes on with; 0 begins a row.</summary>
    public int Repetition => Field.MaxRepetitionLevel == 0 ? 0 : Repetitions[Entry];

    protected int[] Definitions { get; private set; } = [];

    protected int[] Repetitions { get; private set; } = [];

    /// <summary>The entry within the batch.</summary>
    protected int Entry { get; private set; }

    /// <summary>The value within the batch: an entry that is no null.</summary>
    protected int Value { get; private set; }

    private int Count { get; set; }

    /// <summary>Begins a row group.</summary>
    public void Open(ParquetRowGroupReader group, PagedStream stream, SafeFileHandle file, ColumnPlace? place)
    {
        ColumnMetaData meta = group.GetMetadata(Field)?.MetaData ?? throw new InvalidDataException($"a row group lacks the column '{Field.Path}'");
        (_group, _stream, _pages) = (group, stream, new ColumnPages(file, Field, meta));
        (Count, Entry, Value) = (0, 0, 0);
        if (place is not { } there) return;
        _pages.Seek(there);
        if (there.Entry == 0) return;
        Load();
        for (int i = 0; i < there.Entry; i++) Advance();
    }

    /// <summary>Whether there is an entry here; loads the next ones where the loaded ones are through.</summary>
    public bool HasEntry() => Entry < Count || Load();

    /// <summary>The place of this entry.</summary>
    public ColumnPlace Place() => _pages!.PlaceOf(HasEntry() ? Entry : int.MaxValue);

    /// <summary>Goes on to the next entry.</summary>
    public void Advance()
    {
        if (Entry >= Count) throw new InvalidDataException($"the column '{Field.Path}' has fewer values than its row group has rows");
        if (Definition == Field.MaxDefinitionLevel) Value++;
        Entry++;
    }

    /// <summary>Writes the value of this entry, or null where it is none, and goes on.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (!HasEntry()) throw new InvalidDataException($"the column '{Field.Path}' has fewer values than its row group has rows");
        if (Definition == Field.MaxDefinitionLevel) WriteValue(json);
        else json.WriteNullValue();
        Advance();
    }

    protected abstract void WriteValue(Utf8JsonWriter json);

    protected abstract void Read(ParquetRowGroupReader group, int count);

    private bool Load()
    {
        (Count, Entry, Value) = (0, 0, 0);
        int count = _pages!.Load(out ReadOnlyMemory<byte> pages);
        if (count == 0) return false;
        _stream!.Pages = pages;
        if (Field.MaxDefinitionLevel > 0 && Definitions.Length < count) Definitions = new int[count];
        if (Field.MaxRepetitionLevel > 0 && Repetitions.Length < count) Repetitions = new int[count];
        Read(_group!, count);
        _pages.Restore();
        _stream.Pages = default;
        Count = count;
        return true;
    }
}
