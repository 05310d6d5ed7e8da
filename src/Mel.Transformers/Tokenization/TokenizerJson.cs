using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Expressions;

namespace Mel.Transformers.Tokenization;

/// <summary>Typed access to the members of a tokenizer file, with errors that name the place, what it holds and what is expected.</summary>
/// <param name="file">The path of the file, for messages.</param>
internal sealed class TokenizerJson(string file)
{
    private const int LongestToken = 1 << 14;

    private const int MostParts = 16;

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

    /// <summary>A switch that must be there.</summary>
    public bool RequiredFlag(JsonElement parent, string place, string name)
        => Required(parent, place, name, JsonValueKind.True, JsonValueKind.False).ValueKind == JsonValueKind.True;

    /// <summary>A string member of one UTF-16 unit.</summary>
    public char Character(JsonElement parent, string place, string name)
        => Text(Required(parent, place, name, JsonValueKind.String), Join(place, name)) is [var only] ? only
            : throw Error($"{Join(place, name)} is no single character below U+10000, but one is expected. Fetch the file again.");

    /// <summary>
    /// The parts of a member that is one object, a Sequence of objects, or absent; sequences in it are laid out flat.
    /// </summary>
    /// <param name="root">The file's root.</param>
    /// <param name="name">Name of the member.</param>
    /// <param name="list">Name of a Sequence's list.</param>
    public IEnumerable<(JsonElement Element, string Place)> Parts(JsonElement root, string name, string list)
    {
        if (Optional(root, "", name, JsonValueKind.Object) is not { } first) return [];
        var parts = new List<(JsonElement, string)>();
        Collect(first, name);
        return parts;

        void Collect(JsonElement part, string place)
        {
            if (Text(part, place, "type") != "Sequence")
            {
                if (parts.Count == MostParts) throw Error($"{name} has more than {MostParts} parts, the most that are read.");
                parts.Add((part, place));
                return;
            }
            JsonElement items = Required(part, place, list, JsonValueKind.Array);
            if (items.GetArrayLength() > MostParts) throw Error($"{name} has more than {MostParts} parts, the most that are read.");
            foreach ((int i, JsonElement item) in items.EnumerateArray().Index()) Collect(Object(item, $"{place}.{list}[{i}]"), $"{place}.{list}[{i}]");
        }
    }

    /// <summary>The expression of a member <c>pattern</c>, which holds a Regex or a String.</summary>
    public Expression Pattern(JsonElement parent, string place)
    {
        JsonElement pattern = Required(parent, place, "pattern", JsonValueKind.Object);
        place = Join(place, "pattern");
        string? text = Text(pattern, place, "String"), regex = Text(pattern, place, "Regex");
        if (text is null == regex is null) throw Error($"{place} has no String and no Regex, or both, but one of them is expected. Fetch the file again.");
        return regex is null ? Understood(Expressions.Expression.Literal, text!, place) : Expression(regex, place);
    }

    /// <summary>An expression.</summary>
    public Expression Expression(string regex, string place) => Understood(Expressions.Expression.Parse, regex, place);

    /// <summary>A text of at most so many characters.</summary>
    public string RequireLength(string token, string place, int longest = LongestToken) => token.Length <= longest ? token
        : throw Error($"{place} is {Shown(token)}, but no token is longer than {longest:N0}. Check that this is the tokenizer of the model.");

    /// <summary>A text as messages show it.</summary>
    public static string Shown(string? text) => text is null ? "not named" : Excerpt.Quoted(text);

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

    private Expression Understood(Func<string, Expression> read, string pattern, string place)
    {
        try
        {
            return read(pattern);
        }
        catch (ExpressionException problem)
        {
            throw Error($"{place} {Shown(pattern)} asks for what is not supported: {problem.Message}.", problem);
        }
    }

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
