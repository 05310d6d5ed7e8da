using System.Text.Json;
using Mel.Runtime;

namespace Mel.Checkpoints;

/// <summary>
/// Parses the header of a safetensors file as untrusted input: nothing is allocated from a size that the file merely claims, and what is accepted covers the
/// data exactly, without overlap and without a hole.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>
    /// Largest header that is read: room for the names and shapes of a hundred thousand tensors. The reference implementation reads 100 MB, which no published
    /// file comes near.
    /// </summary>
    public const long MaxBytes = 16 << 20;

    private const string Metadata = "__metadata__";
    private const int MaxTensors = 1 << 17;
    private const int MaxMetadata = 1 << 14;
    private const int Depth = 8;

    public static (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(
        string file, ReadOnlyMemory<byte> json, long dataStart, long dataBytes)
    {
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(UntrustedText.Checked(json, Fault).Span, new JsonReaderOptions { MaxDepth = Depth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Fault($"the header is a JSON {UntrustedJson.NameOf(reader.TokenType)}, expected an object of tensors; the file is no safetensors file.");
            var reading = new SafetensorsEntryReader(file, dataStart, dataBytes);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = Text(ref reader);
                reader.Read();
                if (name == Metadata)
                {
                    ReadMetadata(ref reader, metadata);
                    continue;
                }

                if (!entries.TryAdd(name, reading.Read(ref reader, name)))
                    throw new CheckpointException(file, name, "the header lists this name twice; every tensor must have a name of its own.");
                if (entries.Count > MaxTensors) throw Fault($"the header lists more than {MaxTensors:N0} tensors, the most that are read.");
            }

            reader.Read();      // nothing but blanks may follow
        }
        catch (JsonException e)
        {
            throw Fault($"the header is no JSON (byte {e.BytePositionInLine + 1} of line {e.LineNumber + 1}); the file is damaged or no safetensors file.");
        }

        RequireExactCover(file, entries.Values, dataStart, dataBytes);
        return (entries, metadata);

        CheckpointException Fault(string problem, Exception? inner = null) => new(file, null, problem, inner);

        string Text(ref Utf8JsonReader reader)
        {
            UntrustedJson.RequireText(ref reader, Fault);
            return reader.GetString()!;
        }

        void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Fault($"'{Metadata}' is a JSON {UntrustedJson.NameOf(reader.TokenType)}, expected an object of strings.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = Text(ref reader);
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                    throw Fault($"'{Metadata}' holds a JSON {UntrustedJson.NameOf(reader.TokenType)} under {Excerpt.Quoted(key)}, expected a string.");
                metadata[key] = Text(ref reader);
                if (metadata.Count > MaxMetadata) throw Fault($"'{Metadata}' holds more than {MaxMetadata:N0} strings, the most that are read.");
            }
        }
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
