using System.Text;
using System.Text.Json;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>Reads what a header says of one tensor, and checks it against the bytes of data in the file.</summary>
/// <param name="file">The path, for messages.</param>
/// <param name="dataStart">Where the data begins.</param>
/// <param name="dataBytes">How many bytes of data there are.</param>
internal sealed class SafetensorsEntryReader(string file, long dataStart, long dataBytes)
{
    private const int MaxAxes = 64;

    private readonly long[] _numbers = new long[MaxAxes];

    /// <summary>Reads the value that a reader stands at.</summary>
    public SafetensorsEntry Read(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        long[]? axes = null, span = null;
        if (reader.TokenType != JsonTokenType.StartObject) throw Incomplete(name);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped) RequireText(ref reader, name);
            if (reader.ValueTextEquals("dtype"u8)) dtype = ReadType(ref reader, name, dtype);
            else if (reader.ValueTextEquals("shape"u8)) axes = ReadNumbers(ref reader, name, "shape", axes);
            else if (reader.ValueTextEquals("data_offsets"u8)) span = ReadNumbers(ref reader, name, "data_offsets", span);
            else reader.Skip();
        }

        if (dtype is null || axes is null || span is null) throw Incomplete(name);
        return Check(name, dtype, axes, span);
    }

    private string ReadType(ref Utf8JsonReader reader, string name, string? before)
    {
        reader.Read();
        if (before is not null) throw Twice(name, "dtype");
        if (reader.TokenType != JsonTokenType.String) throw Incomplete(name);
        if (reader.ValueIsEscaped) RequireText(ref reader, name);
        return reader.GetString()!;
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string what, long[]? before)
    {
        reader.Read();
        if (before is not null) throw Twice(name, what);
        if (reader.TokenType != JsonTokenType.StartArray) throw NoNumbers();
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == MaxAxes || reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) throw NoNumbers();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw new CheckpointException(
                    file, name,
                    $"its {what} holds {Excerpt.Of(Encoding.UTF8.GetString(reader.ValueSpan))}, expected a whole number from 0; the file is damaged.");
            _numbers[count++] = number;
        }

        return _numbers[..count];

        CheckpointException NoNumbers() => new(file, name, $"its {what} must be an array of at most {MaxAxes} whole numbers; the file is damaged.");
    }

    private SafetensorsEntry Check(string name, string dtype, long[] axes, long[] span)
    {
        if (!SafetensorsDataType.TryParse(dtype, out ScalarType type, out int elementBytes))
            throw new CheckpointException(
                file, name, $"its dtype is {Excerpt.Quoted(dtype)}, expected one of {SafetensorsDataType.Known}; convert the checkpoint to one of these.");
        if (span.Length != 2 || span[0] > span[1] || span[1] > dataBytes)
            throw new CheckpointException(
                file, name,
                $"its data_offsets are [{string.Join(", ", span)}], expected [begin, end] with begin <= end <= {dataBytes}, the bytes of data in the file; "
                + "the file is truncated or damaged.");
        long expected;
        try
        {
            expected = axes.Aggregate((long)elementBytes, (product, axis) => checked(product * axis));
        }
        catch (OverflowException e)
        {
            throw new CheckpointException(file, name, $"its shape [{string.Join(", ", axes)}] claims more bytes than a file can hold; the file is damaged.", e);
        }

        if (span[1] - span[0] != expected)
            throw new CheckpointException(
                file, name, $"it occupies {span[1] - span[0]} bytes, but shape [{string.Join(", ", axes)}] of {dtype} needs {expected}; the file is damaged.");
        return new SafetensorsEntry(name, type, axes, dataStart + span[0], expected);
    }

    private void RequireText(ref Utf8JsonReader reader, string name)
        => UntrustedJson.RequireText(ref reader, (problem, _) => new CheckpointException(file, name, problem));

    private CheckpointException Incomplete(string name)
        => new(file, name, "its header entry must be an object with 'dtype', 'shape' and 'data_offsets'; the file is damaged.");

    private CheckpointException Twice(string name, string what) => new(file, name, $"its header entry lists '{what}' twice; the file is damaged.");
}
