using System.Text.Json;

namespace Mel.Checkpoints;

/// <summary>
/// Parses the header of a safetensors file as untrusted input: nothing is allocated from a size that the file merely claims, and what is accepted covers the
/// data exactly, without overlap and without a hole.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Largest header that is read, the bound of the reference implementation.</summary>
    public const long MaxBytes = 100_000_000;

    public static (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(
        string file, ReadOnlyMemory<byte> json, long dataStart, long dataBytes)
    {
        using JsonDocument document = ParseJson(file, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(
                file, null, $"the header is a JSON {document.RootElement.ValueKind}, expected an object of tensors; the file is no safetensors file.");
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("__metadata__")) ReadMetadata(file, property.Value, metadata);
            else if (!entries.TryAdd(property.Name, ReadEntry(file, property, dataStart, dataBytes)))
                throw new CheckpointException(file, property.Name, "the header lists this name twice; every tensor must have a name of its own.");
        }

        RequireExactCover(file, entries.Values, dataStart, dataBytes);
        return (entries, metadata);
    }

    private static JsonDocument ParseJson(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException e)
        {
            throw new CheckpointException(file, null, $"the header is no JSON ({e.Message}); the file is damaged or no safetensors file.", e);
        }
    }

    private static void ReadMetadata(string file, JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(file, null, $"'__metadata__' is a JSON {value.ValueKind}, expected an object of strings.");
        foreach (JsonProperty item in value.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String)
                throw new CheckpointException(file, null, $"'__metadata__' holds a JSON {item.Value.ValueKind} under '{item.Name}', expected a string.");
            metadata[item.Name] = item.Value.GetString()!;
        }
    }

    private static SafetensorsEntry ReadEntry(string file, JsonProperty property, long dataStart, long dataBytes)
    {
        string name = property.Name;
        JsonElement value = property.Value;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || !value.TryGetProperty("data_offsets", out JsonElement offsets))
            throw new CheckpointException(file, name, "its header entry must be an object with 'dtype', 'shape' and 'data_offsets'; the file is damaged.");
        if (!SafetensorsDataType.TryParse(dtype.GetString()!, out var type, out int elementBytes))
            throw new CheckpointException(
                file, name, $"its dtype is '{dtype.GetString()}', expected one of {SafetensorsDataType.Known}; convert the checkpoint to one of these.");
        long[] axes = ReadNumbers(file, name, "shape", shape);
        long[] span = ReadNumbers(file, name, "data_offsets", offsets);
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
                file, name,
                $"it occupies {span[1] - span[0]} bytes, but shape [{string.Join(", ", axes)}] of {dtype.GetString()} needs {expected}; the file is damaged.");
        return new SafetensorsEntry(name, type, axes, dataStart + span[0], expected);
    }

    private static long[] ReadNumbers(string file, string name, string what, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 64)
            throw new CheckpointException(file, name, $"its {what} must be an array of at most 64 whole numbers; the file is damaged.");
        var numbers = new long[value.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw new CheckpointException(file, name, $"its {what} holds {value[i].GetRawText()}, expected a whole number from 0; the file is damaged.");
        }

        return numbers;
    }

    private static void RequireExactCover(string file, IEnumerable<SafetensorsEntry> entries, long dataStart, long dataBytes)
    {
        long end = dataStart;
        foreach (SafetensorsEntry entry in entries.OrderBy(e => e.Offset).ThenBy(e => e.ByteCount))
        {
            if (entry.Offset < end) throw new CheckpointException(file, entry.Name, "its bytes overlap those of another tensor; the file is damaged.");
            if (entry.Offset > end)
                throw new CheckpointException(file, entry.Name, $"{entry.Offset - end} bytes before it belong to no tensor; the file is damaged.");
            end += entry.ByteCount;
        }

        if (end != dataStart + dataBytes)
            throw new CheckpointException(file, null, $"{dataStart + dataBytes - end} bytes at the end belong to no tensor; the file is damaged.");
    }
}
