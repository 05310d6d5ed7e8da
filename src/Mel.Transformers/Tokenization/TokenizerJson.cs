using System.Text.Json;
using Mel.Runtime;

namespace Mel.Transformers.Tokenization;

/// <summary>Typed access to the members of a tokenizer file, with errors that name the place, what it holds and what is expected.</summary>
/// <param name="file">The path of the file, for messages.</param>
internal sealed class TokenizerJson(string file)
{
    /// <summary>Reads a file of at most 64 MiB as a JSON object.</summary>
    public JsonDocument Read()
        => UntrustedJson.ReadObject(
            file, FileLimits.TokenizerBytes, (problem, inner) => Error($"{char.ToUpperInvariant(problem[0])}{problem.AsSpan(1)} Fetch the file again.", inner),
            FileLimits.TokenizerValues, duplicates: true);

    /// <summary>A member of an object, or null when it is absent or a JSON null.</summary>
    public JsonElement? Optional(JsonElement parent, string place, string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (!kinds.Contains(value.ValueKind))
            throw Error($"{Join(place, name)} is a JSON {UntrustedJson.NameOf(value.ValueKind)}, but {Names(kinds)} is expected. Fetch the file again.");
        return value;
    }

    /// <summary>A member that must be there.</summary>
    public JsonElement Required(JsonElement parent, string place, string name, params ReadOnlySpan<JsonValueKind> kinds)
        => Optional(parent, place, name, kinds) ?? throw Error($"{Join(place, name)} is missing, but {Names(kinds)} is expected. Fetch the file again.");

    /// <summary>A string member, or null.</summary>
    public string? Text(JsonElement parent, string place, string name)
        => Optional(parent, place, name, JsonValueKind.String) is { } value ? Text(value, Join(place, name)) : null;

    /// <summary>The text of a JSON string.</summary>
    public string Text(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Error($"{place} is a JSON {UntrustedJson.NameOf(value.ValueKind)}, but a string is expected. Fetch the file again.");

    /// <summary>A switch that is false when absent.</summary>
    public bool Flag(JsonElement parent, string place, string name)
        => Optional(parent, place, name, JsonValueKind.True, JsonValueKind.False) is { ValueKind: JsonValueKind.True };

    /// <summary>An object of an array or member.</summary>
    public JsonElement Object(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.Object ? value
        : throw Error($"{place} is a JSON {UntrustedJson.NameOf(value.ValueKind)}, but an object is expected. Fetch the file again.");

    /// <summary>A token id: a whole number from 0 to 4,194,303.</summary>
    public int TokenId(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < TokenizerFile.LargestTokenBound) return id;
        throw Error($"{place} has the id {Excerpt.Quoted(value.GetRawText())}, but an id is a whole number from 0 to {TokenizerFile.LargestTokenBound - 1}. " +
            "Fetch the file again.");
    }

    /// <summary>The error of this file.</summary>
    public TokenizerFormatException Error(string reason, Exception? inner = null) => new(file, reason, inner);

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}.{name}";

    private static string Names(ReadOnlySpan<JsonValueKind> kinds)
    {
        var names = new List<string>();
        foreach (JsonValueKind kind in kinds)
        {
            string name = kind is JsonValueKind.Array or JsonValueKind.Object ? $"an {UntrustedJson.NameOf(kind)}" : $"a {UntrustedJson.NameOf(kind)}";
            if (!names.Contains(name)) names.Add(name);
        }
        return string.Join(" or ", names);
    }
}
