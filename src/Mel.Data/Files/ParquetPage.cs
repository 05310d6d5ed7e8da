namespace Mel.Data.Files;

/// <summary>What the header of a page says.</summary>
internal sealed class ParquetPage
{
    /// <summary>Kinds of pages.</summary>
    public const int Data = 0, Index = 1, Dictionary = 2, DataVersion2 = 3;

    public int Kind { get; private set; } = -1;

    /// <summary>Bytes of the header itself.</summary>
    public int HeaderBytes { get; private set; }

    /// <summary>Bytes that follow the header.</summary>
    public int StoredBytes { get; private set; } = -1;

    /// <summary>Bytes of the page once it is decompressed.</summary>
    public int PlainBytes { get; private set; } = -1;

    /// <summary>Number of entries, nulls among them.</summary>
    public int Values { get; private set; } = -1;

    public int Encoding { get; private set; }

    /// <summary>Version 2 keeps levels before the values, and never compresses them.</summary>
    public int DefinitionBytes { get; private set; }

    /// <inheritdoc cref="DefinitionBytes"/>
    public int RepetitionBytes { get; private set; }

    /// <summary>Whether version 2 compresses the values of this page.</summary>
    public bool IsCompressed { get; private set; } = true;

    /// <summary>Reads a header.</summary>
    /// <exception cref="EndOfStreamException">The header is longer than the bytes that are given.</exception>
    /// <exception cref="InvalidDataException">The bytes are no header.</exception>
    public static ParquetPage Read(ReadOnlyMemory<byte> bytes)
    {
        var text = new ThriftText(bytes);
        var page = new ParquetPage();
        text.Fields((field, type) => page.ReadField(text, field, type));
        page.HeaderBytes = text.Position;
        int least = Math.Min(Math.Min(page.StoredBytes, page.PlainBytes), Math.Min(page.Values, Math.Min(page.DefinitionBytes, page.RepetitionBytes)));
        return page.Kind == Index || least >= 0
            ? page
            : throw new InvalidDataException("its sizes are missing or negative");
    }

    private bool ReadField(ThriftText text, int field, int type)
    {
        switch (field, type)
        {
            case (1, ThriftText.Int32):
                Kind = Int(text);
                return true;
            case (2, ThriftText.Int32):
                PlainBytes = Int(text);
                return true;
            case (3, ThriftText.Int32):
                StoredBytes = Int(text);
                return true;
            case (5 or 7, ThriftText.Struct):
                text.Fields((f, t) => ReadValues(text, f, t), 1);
                return true;
            case (8, ThriftText.Struct):
                text.Fields((f, t) => ReadVersion2(text, f, t), 1);
                return true;
            default:
                return false;
        }
    }

    private bool ReadValues(ThriftText text, int field, int type)
    {
        if (type != ThriftText.Int32 || field is not (1 or 2)) return false;
        int value = Int(text);
        if (field == 1) Values = value;
        else Encoding = value;
        return true;
    }

    private bool ReadVersion2(ThriftText text, int field, int type)
    {
        if (field == 7 && type is ThriftText.True or ThriftText.False)
        {
            IsCompressed = type == ThriftText.True;
            return true;
        }

        if (type != ThriftText.Int32 || field is not (1 or 4 or 5 or 6)) return false;
        int value = Int(text);
        if (field == 1) Values = value;
        else if (field == 4) Encoding = value;
        else if (field == 5) DefinitionBytes = value;
        else RepetitionBytes = value;
        return true;
    }

    private static int Int(ThriftText text)
        => text.SignedNumber() is >= int.MinValue and <= int.MaxValue and var value
            ? (int)value
            : throw new InvalidDataException("a number has more than 32 bits");
}
