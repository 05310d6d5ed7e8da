using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mel.Transformers.Models;

/// <summary>Typed access to the keys of a JSON object; a null value counts as absent, a value of the wrong kind is an error that names the key.</summary>
internal sealed class ConfigReader(JsonObject json, string source, string prefix = "")
{
    public bool Has(string key) => json[key] is not null;

    public int Int(string key) => OptionalInt(key) ?? throw Missing(key, "a whole number");

    public int? OptionalInt(string key) => OptionalDouble(key) switch
    {
        null => null,
        double value when value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue => (int)value,
        double value => throw Fail(key, $"is {value}, expected a whole number up to {int.MaxValue}."),
    };

    public double? OptionalDouble(string key)
        => json[key] is not { } node ? null : node.GetValueKind() == JsonValueKind.Number ? node.GetValue<double>() : throw Wrong(key, node, "a number");

    public bool? OptionalBool(string key) => json[key] switch
    {
        null => null,
        { } node when node.GetValueKind() is JsonValueKind.True or JsonValueKind.False => node.GetValue<bool>(),
        { } node => throw Wrong(key, node, "true or false"),
    };

    public string? OptionalString(string key)
        => json[key] is not { } node ? null : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Wrong(key, node, "a string");

    public ConfigReader? OptionalObject(string key)
        => json[key] is not { } node ? null : node is JsonObject inner ? new ConfigReader(inner, source, $"{prefix}{key}.")
        : throw Wrong(key, node, "an object");

    public IReadOnlyList<string> Strings(string key) => json[key] switch
    {
        null => [],
        JsonArray list when list.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. list.Select(item => item!.GetValue<string>())],
        { } node => throw Wrong(key, node, "a list of strings"),
    };

    public IReadOnlyList<int> TokenIds(string key) => json[key] switch
    {
        null => [],
        JsonArray list when list.All(IsTokenId) => [.. list.Select(item => item!.GetValue<int>())],
        JsonValue value when IsTokenId(value) => [value.GetValue<int>()],
        { } node => throw Wrong(key, node, "a token id or a list of token ids"),
    };

    public ModelConfigException Fail(string key, string problem) => new(source, prefix + key, problem);

    private static bool IsTokenId(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out int _);

    private ModelConfigException Missing(string key, string expected) => Fail(key, $"is missing, expected {expected}.");

    private ModelConfigException Wrong(string key, JsonNode node, string expected)
    {
        string text = node.ToJsonString();
        return Fail(key, $"is {(text.Length > 80 ? text[..80] + "..." : text)}, expected {expected}.");
    }
}
