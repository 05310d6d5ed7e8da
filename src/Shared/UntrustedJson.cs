using System.Text.Json;

namespace Mel.Runtime;

/// <summary>
/// Parses JSON that is not trusted. What comes out is safe to walk: every string and name is text, every number is of a length that a number has, and there
/// are so few values that they fit in memory.
/// </summary>
internal static class UntrustedJson
{
    /// <summary>Reads a file that holds a JSON object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that are read.</param>
    /// <param name="fault">Makes the exception for a file that is not read or is no such JSON.</param>
    /// <param name="values">The most values and names that are read.</param>
    /// <param name="duplicates">Whether a name may occur twice in an object, where the last one counts.</param>
    public static JsonDocument ReadObject(string path, int limit, FileFault fault, int values = FileLimits.Values, bool duplicates = false)
        => ParseObject(RegularFile.Read(path, limit, fault), fault, values, duplicates);

    /// <summary>Parses the text of a JSON object.</summary>
    public static JsonDocument ParseObject(ReadOnlyMemory<byte> bytes, FileFault fault, int values = FileLimits.Values, bool duplicates = false)
    {
        JsonDocument document = Parse(bytes, fault, values, duplicates);
        JsonValueKind kind = document.RootElement.ValueKind;
        if (kind == JsonValueKind.Object) return document;
        document.Dispose();
        throw fault($"the text is a JSON {NameOf(kind)}, but an object is expected.");
    }

    /// <summary>Parses a JSON text; the bytes must not change while the document is in use.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, FileFault fault, int values = FileLimits.Values, bool duplicates = false)
    {
        if (ForeignContent.NameOf(bytes.Span) is { } foreign) throw fault(foreign);
        bytes = UntrustedText.Checked(bytes, fault);
        try
        {
            Check(bytes.Span, fault, values);
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = FileLimits.Depth, AllowDuplicateProperties = duplicates });
        }
        catch (JsonException e)
        {
            // The error underneath is left out: its message may repeat a part of the text of any length.
            throw e.LineNumber is { } line
                ? fault($"the text is no valid JSON (line {line + 1}, byte {e.BytePositionInLine + 1}): it is damaged or was cut short.")
                : fault("an object of the JSON text has a name twice; give every name once.");
        }
    }

    /// <summary>Checks the string or name that a reader stands at.</summary>
    public static void RequireText(ref Utf8JsonReader reader, FileFault fault)
    {
        if (reader.ValueIsEscaped && UntrustedText.HasLoneSurrogate(reader.ValueSpan))
            throw fault($"a string of the JSON text, at byte {reader.TokenStartIndex + 1:N0}, has an unpaired surrogate in it, which stands for no character.");
    }

    /// <summary>The name of a kind in messages.</summary>
    public static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>The name in messages of the value that begins with a token.</summary>
    public static string NameOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => token.ToString().ToLowerInvariant(),
    };

    private static void Check(ReadOnlySpan<byte> text, FileFault fault, int values)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = FileLimits.Depth });
        int count = 0;
        while (reader.Read())
        {
            if (++count > values)
                throw fault($"the JSON text has more than {values:N0} values and names, the most that are read; check that it is the right file.");
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) RequireText(ref reader, fault);
            else if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length > FileLimits.NumberBytes)
                throw fault($"a number of the JSON text has {reader.ValueSpan.Length:N0} characters, expected at most {FileLimits.NumberBytes:N0}.");
        }
    }
}
