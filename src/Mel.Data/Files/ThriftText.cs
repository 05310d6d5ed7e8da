namespace Mel.Data.Files;

/// <summary>Reads Thrift's compact protocol, in which parquet describes its pages and itself. What is read is not trusted.</summary>
/// <param name="bytes">The text.</param>
internal sealed class ThriftText(ReadOnlyMemory<byte> bytes)
{
    private const int DeepestNesting = 32;

    /// <summary>Types of the protocol.</summary>
    public const int True = 1, False = 2, Byte = 3, Int16 = 4, Int32 = 5, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;

    /// <summary>Where the next byte is read.</summary>
    public int Position { get; private set; }

    /// <summary>Reads the fields of a structure, up to and with its end.</summary>
    /// <param name="field">
    /// Is told number and type of a field, and returns whether it read the value; what it did not read is passed over.
    /// </param>
    /// <param name="depth">How deep the structure is nested.</param>
    /// <exception cref="InvalidDataException">The text ends early, or is no such text.</exception>
    public void Fields(Func<int, int, bool> field, int depth = 0)
    {
        if (depth > DeepestNesting) throw new InvalidDataException($"structures are nested deeper than {DeepestNesting} levels");
        for (int number = 0; ;)
        {
            int head = Next();
            if (head == 0) return;
            number = head >> 4 is > 0 and var step ? number + step : (int)SignedNumber();
            if (!field(number, head & 15)) Skip(head & 15, depth);
        }
    }

    /// <summary>Reads the elements of a list.</summary>
    /// <param name="element">Is told the type of an element, and returns whether it read the value.</param>
    /// <param name="depth">How deep the list is nested.</param>
    public void Elements(Func<int, bool> element, int depth)
    {
        int head = Next(), type = head & 15;
        ulong count = head >> 4 == 15 ? Number() : (ulong)(head >> 4);
        if (count > (ulong)(bytes.Length - Position)) throw new InvalidDataException($"a list claims {count:N0} elements, more than there are bytes");
        for (ulong i = 0; i < count; i++)
        {
            if (!element(type)) SkipElement(type, depth);
        }
    }

    /// <summary>Reads a signed whole number.</summary>
    public long SignedNumber()
    {
        ulong number = Number();
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    private ulong Number()
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Next();
            number |= (ulong)(next & 127) << shift;
            if (next < 128) return number;
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }

    private void Skip(int type, int depth)
    {
        switch (type)
        {
            case True or False:
                break;
            case Byte:
                Next();
                break;
            case Int16 or Int32 or Int64:
                Number();
                break;
            case Double:
                Advance(8);
                break;
            case Binary:
                Advance(Number());
                break;
            case List or Set:
                Elements(_ => false, depth + 1);
                break;
            case Map:
                SkipMap(depth + 1);
                break;
            case Struct:
                Fields((_, _) => false, depth + 1);
                break;
            default:
                throw new InvalidDataException($"there is no type {type}");
        }
    }

    // A truth value has a byte of its own in a list, and none as a field.
    private void SkipElement(int type, int depth)
    {
        if (depth > DeepestNesting) throw new InvalidDataException($"lists are nested deeper than {DeepestNesting} levels");
        if (type is True or False) Next();
        else Skip(type, depth);
    }

    private void SkipMap(int depth)
    {
        ulong count = Number();
        if (count == 0) return;
        int types = Next();
        if (count > (ulong)(bytes.Length - Position)) throw new InvalidDataException($"a map claims {count:N0} entries, more than there are bytes");
        for (ulong i = 0; i < count; i++)
        {
            SkipElement(types >> 4, depth);
            SkipElement(types & 15, depth);
        }
    }

    private void Advance(ulong count)
    {
        if (count > (ulong)(bytes.Length - Position)) throw new EndOfStreamException("the text ends within a value");
        Position += (int)count;
    }

    private int Next() => Position < bytes.Length ? bytes.Span[Position++] : throw new EndOfStreamException("the text ends within a structure");
}
