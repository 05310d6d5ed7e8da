using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Parquet.Meta;
using Parquet.Schema;

namespace Mel.Data.Files;

/// <summary>
/// The pages of one column of one row group, decompressed some at a time and rewritten as pages of version 1 without compression: the one form that the
/// decoder reads in all cases.
/// </summary>
internal sealed class ColumnPages
{
    private const int BatchBytes = 512 << 10, BatchValues = 1 << 20, LargestPage = 256 << 20, LargestHeader = 16 << 20, MostValues = 1 << 26;
    private const int Plain = 0, RunLengths = 3;

    private readonly SafeFileHandle _file;
    private readonly long _fileBytes;
    private readonly DataField _field;
    private readonly ColumnMetaData _meta;
    private readonly CompressionCodec _codec;
    private readonly ArrayBufferWriter<byte> _pages = new();
    private readonly List<(int Start, long Page)> _starts = [];
    private byte[] _dictionary = [];
    private readonly long _first;
    private readonly long? _dictionaryAt;
    private long _before, _next;

    /// <param name="file">The file.</param>
    /// <param name="field">The column.</param>
    /// <param name="meta">What the footer says of it; the decoder is shown something else by changing it.</param>
    /// <exception cref="InvalidDataException">The footer points out of the file.</exception>
    public ColumnPages(SafeFileHandle file, DataField field, ColumnMetaData meta)
    {
        (_file, _field, _meta, _codec) = (file, field, meta, meta.Codec);
        _fileBytes = RandomAccess.GetLength(file);
        Entries = meta.NumValues;
        (_first, _dictionaryAt) = (meta.DataPageOffset, meta.DictionaryPageOffset);
        _next = _dictionaryAt is > 0 and var dictionary ? Math.Min(dictionary, _first) : _first;
        if (Entries < 0 || (Entries > 0 && (_next < 4 || _next >= _fileBytes))) throw new InvalidDataException("the footer points out of the file");
    }

    /// <summary>Entries of the column, nulls among them.</summary>
    public long Entries { get; }

    /// <summary>Entries that the batches so far have.</summary>
    public long Loaded { get; private set; }

    /// <summary>Loads the next pages.</summary>
    /// <param name="pages">The pages, until the next ones are loaded.</param>
    /// <returns>Their entries; 0 at the end of the column.</returns>
    public int Load(out ReadOnlyMemory<byte> pages)
    {
        _before = Loaded;
        _starts.Clear();
        _pages.ResetWrittenCount();
        _pages.Write(_dictionary);
        int entries = 0;
        while (Loaded < Entries && entries < BatchValues && (_pages.WrittenCount < BatchBytes || entries == 0))
        {
            (ParquetPage page, byte[] stored) = ReadPage();
            if (page.Kind == ParquetPage.Dictionary) KeepDictionary(page, stored);
            else if (page.Kind is ParquetPage.Data or ParquetPage.DataVersion2 && page.Values > 0)
            {
                if (page.Values > Entries - Loaded) throw new InvalidDataException("its pages hold more values than the footer claims");
                _starts.Add((entries, _next - page.HeaderBytes - page.StoredBytes));
                (byte[] plain, int encoding) = page.Kind == ParquetPage.Data ? (Decompress(page, stored), page.Encoding) : FirstVersion(page, stored);
                WritePage(_pages, ParquetPage.Data, page.Values, encoding, plain);
                entries += page.Values;
                Loaded += page.Values;
            }
        }

        pages = _pages.WrittenMemory;
        if (entries == 0) return 0;
        _meta.NumValues = entries;
        (_meta.Codec, _meta.DictionaryPageOffset, _meta.IndexPageOffset, _meta.Statistics) = (CompressionCodec.UNCOMPRESSED, null, null, null);
        _meta.DataPageOffset = _fileBytes;
        return entries;
    }

    /// <summary>Undoes what the decoder was shown, so that the column can be opened again.</summary>
    public void Restore()
    {
        (_meta.NumValues, _meta.Codec, _meta.DataPageOffset) = (Entries, _codec, _first);
        _meta.DictionaryPageOffset = _dictionaryAt;
    }

    /// <summary>The place of an entry of the batch that was loaded last.</summary>
    public ColumnPlace PlaceOf(int entry)
    {
        int at = _starts.FindLastIndex(s => s.Start <= entry);
        return at < 0 ? new ColumnPlace(_next, Loaded, 0) : new ColumnPlace(_starts[at].Page, _before + _starts[at].Start, entry - _starts[at].Start);
    }

    /// <summary>Goes to a place; the next batch begins with its page.</summary>
    public void Seek(ColumnPlace place)
    {
        // The dictionary stands before all other pages.
        if (_dictionary.Length == 0 && place.Page > _next && Loaded == 0)
        {
            (ParquetPage page, byte[] stored) = ReadPage();
            if (page.Kind == ParquetPage.Dictionary) KeepDictionary(page, stored);
            _pages.ResetWrittenCount();
        }

        (_next, Loaded) = (place.Page, place.Before);
    }

    private (ParquetPage Page, byte[] Stored) ReadPage()
    {
        ParquetPage page = ReadHeader();
        if (page.StoredBytes < 0 || page.StoredBytes > _fileBytes - _next - page.HeaderBytes)
            throw new InvalidDataException("a page is longer than the file");
        if (page.PlainBytes > LargestPage || page.Values > MostValues)
        {
            throw new InvalidDataException(
                $"a page claims {page.PlainBytes:N0} bytes and {page.Values:N0} values, but at most {LargestPage:N0} and {MostValues:N0} are read");
        }

        byte[] stored = new byte[page.StoredBytes];
        Fill(stored, _next + page.HeaderBytes);
        _next += page.HeaderBytes + page.StoredBytes;
        return (page, stored);
    }

    private ParquetPage ReadHeader()
    {
        for (int bytes = 4096; ; bytes = (int)Math.Min(16L * bytes, LargestHeader))
        {
            byte[] text = new byte[(int)Math.Min(bytes, _fileBytes - _next)];
            if (text.Length == 0) throw new InvalidDataException("pages are missing");
            Fill(text, _next);
            try
            {
                return ParquetPage.Read(text);
            }
            catch (EndOfStreamException) when (text.Length == bytes && bytes < LargestHeader)
            {
                // A header holds the least and the largest value of its page, and these may be long.
            }
        }
    }

    private void Fill(Span<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_file, bytes, at);
            if (read == 0) throw new InvalidDataException("the file ends within a page");
            bytes = bytes[read..];
            at += read;
        }
    }

    private void KeepDictionary(ParquetPage page, byte[] stored)
    {
        if (_dictionary.Length > 0) throw new InvalidDataException("a column has two dictionaries");
        var dictionary = new ArrayBufferWriter<byte>();
        WritePage(dictionary, ParquetPage.Dictionary, page.Values, Plain, Decompress(page, stored));
        _dictionary = dictionary.WrittenSpan.ToArray();
        _pages.Write(_dictionary);
    }

    private byte[] Decompress(ParquetPage page, byte[] stored)
    {
        byte[] plain = new byte[page.PlainBytes];
        PageCodec.Decompress(_codec, stored, plain);
        return plain;
    }

    /// <summary>Version 1 puts the length of each kind of levels before them, and has truth values as bits.</summary>
    private (byte[] Plain, int Encoding) FirstVersion(ParquetPage page, byte[] stored)
    {
        int levels = checked(page.RepetitionBytes + page.DefinitionBytes);
        if (levels > stored.Length || levels > page.PlainBytes) throw new InvalidDataException("levels are longer than their page");
        byte[] values = new byte[page.PlainBytes - levels];
        PageCodec.Decompress(page.IsCompressed ? _codec : CompressionCodec.UNCOMPRESSED, stored.AsMemory(levels), values);
        int encoding = page.Encoding;
        if (encoding == RunLengths && _field.ClrType == typeof(bool)) (values, encoding) = (TruthValues.AsBits(values, page.Values), Plain);
        var plain = new ArrayBufferWriter<byte>(page.PlainBytes + 8);
        WriteLevels(plain, _field.MaxRepetitionLevel, stored.AsSpan(0, page.RepetitionBytes));
        WriteLevels(plain, _field.MaxDefinitionLevel, stored.AsSpan(page.RepetitionBytes, page.DefinitionBytes));
        plain.Write(values);
        return (plain.WrittenSpan.ToArray(), encoding);
    }

    private static void WriteLevels(ArrayBufferWriter<byte> plain, int most, ReadOnlySpan<byte> levels)
    {
        if (most == 0) return;
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, levels.Length);
        plain.Write(length);
        plain.Write(levels);
    }

    private static void WritePage(ArrayBufferWriter<byte> to, int kind, int values, int encoding, byte[] plain)
    {
        Field(to, 1, kind);
        Field(to, 1, plain.Length);
        Field(to, 1, plain.Length);
        to.Write([(byte)((kind == ParquetPage.Data ? 2 << 4 : 4 << 4) | ThriftText.Struct)]);
        Field(to, 1, values);
        Field(to, 1, encoding);
        if (kind == ParquetPage.Data)
        {
            Field(to, 1, RunLengths);
            Field(to, 1, RunLengths);
        }

        to.Write<byte>([0, 0]);
        to.Write(plain);
    }

    private static void Field(ArrayBufferWriter<byte> to, int step, int value)
    {
        to.Write([(byte)((step << 4) | ThriftText.Int32)]);
        ulong number = (ulong)value << 1;
        for (; number >= 128; number >>= 7) to.Write([(byte)(number | 128)]);
        to.Write([(byte)number]);
    }
}

/// <summary>A place in a column: a page, and an entry of it.</summary>
/// <param name="Page">Where the page begins in the file.</param>
/// <param name="Before">Entries of the column before the page.</param>
/// <param name="Entry">The entry within the page.</param>
internal readonly record struct ColumnPlace(long Page, long Before, int Entry);
