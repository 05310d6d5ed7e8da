using System.Text.Json;

namespace Mel.Transformers.Tokenization;

/// <summary>Typed access to the members of a tokenizer file, with errors that name the place, what it holds and what is expected.</summary>
/// <param name="file">The path of the file, for messages.</param>
internal sealed class TokenizerJson(string file)
{
    private const int LargestFileBytes = 64 << 20;

    /// <summary>Reads a file of at most 64 MiB as a JSON object.</summary>
    public JsonDocument Read()
    {
        long size = new FileInfo(file).Length;
        if (size > LargestFileBytes)
            throw Error(
                $"The file has {size:N0} bytes, but no tokenizer known needs more than {LargestFileBytes:N0}. Check that this is the tokenizer of the model.");
        try
        {
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            JsonValueKind kind = document.RootElement.ValueKind;
            document.Dispose();
            throw Error($"The file holds a JSON {Name(kind)}, but an object is expected. Fetch the file again.");
        }
        catch (JsonException e)
        {
            throw Error(
                $"The file is no valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): it is damaged or was cut short. Fetch it again.", e);
        }
    }

    /// <summary>A member of an object, or null when it is absent or a JSON null.</summary>
    public JsonElement? Optional(JsonElement parent, string place, string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (!kinds.Contains(value.ValueKind))
            throw Error($"{Join(place, name)} is a JSON {Name(value.ValueKind)}, but {Names(kinds)} is expected. Fetch the file again.");
        return value;
    }

    /// <summary>A member that must be there.</summary>
    public JsonElement Required(JsonElement parent, string place, string name, params ReadOnlySpan<JsonValueKind> kinds)
        => Optional(parent, place, name, kinds) ?? throw Error($"{Join(place, name)} is missing, but {Names(kinds)} is expected. Fetch the file again.");

    /// <summary>A string member, or null.</summary>
    public string? Text(JsonElement parent, string place, string name)
        => Optional(parent, place, name, JsonValueKind.String) is { } value ? Text(value, Join(place, name)) : null;

    /// <summary>The text of a JSON string, which may hide unpaired surrogates in its escapes.</summary>
    public string Text(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.String) throw Error($"{place} is a JSON {Name(value.ValueKind)}, but a string is expected. Fetch the file again.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Error($"{place} is a string with an unpaired surrogate in it. Fetch the file again.", e);
        }
    }

    /// <summary>A switch that is false when absent.</summary>
    public bool Flag(JsonElement parent, string place, string name)
        => Optional(parent, place, name, JsonValueKind.True, JsonValueKind.False) is { ValueKind: JsonValueKind.True };

    /// <summary>An object of an array or member.</summary>
    public JsonElement Object(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.Object ? value
        : throw Error($"{place} is a JSON {Name(value.ValueKind)}, but an object is expected. Fetch the file again.");

    /// <summary>A token id: a whole number from 0 to 4,194,303.</summary>
    public int TokenId(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < TokenizerFile.LargestTokenBound) return id;
        throw Error($"{place} has the id {Shown(value.GetRawText())}, but an id is a whole number from 0 to {TokenizerFile.LargestTokenBound - 1}. " +
            "Fetch the file again.");
    }

    /// <summary>The error of this file.</summary>
    public TokenizerFormatException Error(string reason, Exception? inner = null) => new(file, reason, inner);

    /// <summary>Text from the file, fit for a message: quoted and at most 80 characters long.</summary>
    public static string Shown(string text) => text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}...' ({text.Length:N0} characters)";

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}.{name}";

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Names(ReadOnlySpan<JsonValueKind> kinds)
    {
        var names = new List<string>();
        foreach (JsonValueKind kind in kinds)
        {
            string name = kind is JsonValueKind.Array or JsonValueKind.Object ? $"an {Name(kind)}" : $"a {Name(kind)}";
            if (!names.Contains(name)) names.Add(name);
        }
        return string.Join(" or ", names);
    }
}
