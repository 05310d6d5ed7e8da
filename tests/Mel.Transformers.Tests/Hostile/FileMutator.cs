using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Mel.Transformers.Tests.Hostile;

/// <summary>Damages files, at random from a seed: bits, bytes and lengths of any file, and names and values where the file is JSON.</summary>
internal sealed class FileMutator(int seed)
{
    /// <summary>What may stand where a JSON value stood.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "-0", "0.5", "1e999", "-1e999", "1e-999", "2147483647", "2147483648", "-2147483648", "4294967296", "100000", "10000000",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "123456789012345678901234567890", "[]", "{}", "\"\"", "[null]", "[[]]", "[0,0]", "{\"a\":{}}", "[\"abc\"]", "\"abc\"",
        "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"../../x\"", "\"<|im_end|>\"", "{\"\\ud800\":1}", "NaN", "Infinity", "'x'", "tru", "\"", "[", "{", "//", "01", "+1",
    ];

    /// <summary>What may stand inside a name or a string.</summary>
    private static readonly byte[][] Pieces =
    [
        "\\ud800"u8.ToArray(), "\\udc00"u8.ToArray(), "\\udc00\\ud800"u8.ToArray(), "\\ud83d\\ude00"u8.ToArray(), "\\u0000"u8.ToArray(), "\\"u8.ToArray(), "\\x"u8.ToArray(), "\\u12"u8.ToArray(), "\""u8.ToArray(),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0], [0x0A], "\u202E\u0301\uFEFF"u8.ToArray(), "__metadata__"u8.ToArray(), "/"u8.ToArray(), "{%"u8.ToArray(), " "u8.ToArray(),
    ];

    private readonly Random _random = new(seed);

    /// <summary>The damaged file: one change that leaves JSON whole, as often as one to three of any kind.</summary>
    public byte[] Mutate(byte[] file)
    {
        if (_random.Next(2) == 0) return MutateJson(file);
        for (int i = _random.Next(1, 4); i > 0; i--) file = _random.Next(2) == 0 ? MutateBytes(file) : MutateJson(file);
        return file;
    }

    /// <summary>The same for a file whose JSON has its length before it and data behind it; mostly, the length stays right.</summary>
    public byte[] MutateSafetensors(byte[] file)
    {
        if (_random.Next(4) == 0) return MutateBytes(file);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        byte[] header = Mutate(file[8..(8 + length)]), prefix = new byte[8];
        ulong claimed = _random.Next(10) == 0 ? (ulong)_random.NextInt64() >> _random.Next(64) : (ulong)header.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, claimed);
        return [.. prefix, .. header, .. file.AsSpan(8 + length)];
    }

    private byte[] MutateBytes(byte[] file)
    {
        if (file.Length == 0) return Pick(Pieces);
        byte[] changed = [.. file];
        int from = _random.Next(file.Length), length = Math.Min(file.Length - from, 1 << _random.Next(8)), to = _random.Next(file.Length);
        switch (_random.Next(6))
        {
            case 0:
                for (int i = _random.Next(1, 9); i > 0; i--) changed[_random.Next(file.Length)] ^= (byte)(1 << _random.Next(8));
                return changed;
            case 1:
                for (int i = _random.Next(1, 5); i > 0; i--) changed[_random.Next(file.Length)] = (byte)_random.Next(256);
                return changed;
            case 2: return file[..from];
            case 3: return Replace(file, from, length, []);
            case 4: return Replace(file, to, 0, file.AsSpan(from, length));
            default: return Replace(file, from, 0, _random.Next(2) == 0 ? Pick(Pieces) : Encoding.UTF8.GetBytes(Pick(Values)));
        }
    }

    private byte[] MutateJson(byte[] file)
    {
        (List<Range> values, List<Range> texts) = Parts(file);
        if (values.Count == 0) return MutateBytes(file);
        (int start, int length) = Pick(values).GetOffsetAndLength(file.Length);
        byte[] value = file[start..(start + length)];
        switch (_random.Next(8))
        {
            case 0 or 1: return Replace(file, start, length, Encoding.UTF8.GetBytes(Pick(Values)));
            case 2: return Replace(file, start, length, file[Pick(values)]);
            case 3 or 4 when texts.Count > 0:
                (int textStart, int textLength) = Pick(texts).GetOffsetAndLength(file.Length);
                return _random.Next(4) == 0 ? Replace(file, textStart, textLength, file[Pick(texts)]) : Replace(file, textStart + _random.Next(textLength + 1), 0, Pick(Pieces));
            case 5: return Replace(file, start, length, Repeated(value, "["u8, ","u8, "]"u8, 1 << _random.Next(11)));
            case 6:
                int depth = 1 << _random.Next(14);
                return Replace(file, start, length, [.. Enumerable.Repeat((byte)'[', depth), .. value, .. Enumerable.Repeat((byte)']', depth)]);
            default: return Replace(file, start, length, Repeated([(byte)Pick("x7{\\")], "\""u8, default, "\""u8, 1 << _random.Next(19)));
        }
    }

    /// <summary>Where values stand, and the insides of names and strings, up to the place where the text is no JSON.</summary>
    private static (List<Range> Values, List<Range> Texts) Parts(byte[] file)
    {
        List<Range> values = [], texts = [];
        var open = new Stack<int>();
        var reader = new Utf8JsonReader(file, new JsonReaderOptions { MaxDepth = 1 << 20, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) open.Push(start);
                else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject) values.Add(open.Pop()..(start + 1));
                else if (reader.TokenType != JsonTokenType.PropertyName) values.Add(start..(int)reader.BytesConsumed);
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String) texts.Add((start + 1)..(start + 1 + reader.ValueSpan.Length));
            }
        }
        catch (JsonException)
        {
        }

        return (values, texts);
    }

    private static byte[] Repeated(byte[] item, ReadOnlySpan<byte> open, ReadOnlySpan<byte> between, ReadOnlySpan<byte> close, int count)
    {
        using var result = new MemoryStream();
        result.Write(open);
        for (int i = 0; i < count && result.Length < 1 << 20; i++)
        {
            if (i > 0) result.Write(between);
            result.Write(item);
        }

        result.Write(close);
        return result.ToArray();
    }

    private static byte[] Replace(byte[] file, int start, int length, ReadOnlySpan<byte> by) => [.. file.AsSpan(0, start), .. by, .. file.AsSpan(start + length)];

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private char Pick(string items) => items[_random.Next(items.Length)];
}
