using System.Text.Json;

namespace Mel.Runtime;

/// <summary>Typed access to the fields of a JSON object; a null counts as absent, a value of the wrong kind is an error that names the field.</summary>
/// <param name="json">An object of a document that <see cref="UntrustedJson"/> parsed.</param>
/// <param name="fault">Makes the exception from the name of the field and what is wrong with it.</param>
/// <param name="prefix">Where the object stands in its document, for names in messages.</param>
internal sealed class JsonFields(JsonElement json, Func<string, string, Exception> fault, string prefix = "")
{
    public bool Has(string key) => Find(key) is not null;

    /// <summary>The value of any kind, or null where it is absent.</summary>
    public JsonElement? Find(string key) => json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public int Int(string key) => OptionalInt(key) ?? throw Fail(key, "is missing, expected a whole number.");

    public int? OptionalInt(string key) => OptionalDouble(key) switch
    {
        null => null,
        double value when value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue => (int)value,
        double value => throw Fail(key, $"is {value}, expected a whole number up to {int.MaxValue}."),
    };

    public double? OptionalDouble(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.GetDouble() is var number && double.IsFinite(number) => number,
        { } value => throw Wrong(key, value, "a finite number"),
    };

    public bool? OptionalBool(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, value, "true or false"),
    };

    public string? OptionalString(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Wrong(key, value, "a string"),
    };

    public JsonFields? OptionalObject(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFields(value, fault, $"{prefix}{key}."),
        { } value => throw Wrong(key, value, "an object"),
    };

    public IReadOnlyList<string> Strings(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            => [.. list.EnumerateArray().Select(item => item.GetString()!)],
        { } value => throw Wrong(key, value, "a list of strings"),
    };

    /// <summary>One token id, or a list of them.</summary>
    public IReadOnlyList<int> TokenIds(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(IsTokenId) => [.. list.EnumerateArray().Select(item => item.GetInt32())],
        { } value when IsTokenId(value) => [value.GetInt32()],
        { } value => throw Wrong(key, value, "a token id, a whole number from 0, or a list of them"),
    };

    /// <summary>The error of a field.</summary>
    public Exception Fail(string key, string problem) => fault(prefix + key, problem);

    /// <summary>The error of a field that holds something else than what is expected.</summary>
    public Exception Wrong(string key, JsonElement value, string expected) => Fail(key, $"is {Excerpt.Of(value.GetRawText())}, expected {expected}.");

    private static bool IsTokenId(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id >= 0;
}
