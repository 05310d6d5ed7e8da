using System.Text.Json;
using Mel.Runtime;

namespace Mel.Transformers.Models.Families;

/// <summary>
/// The fields of a <c>config.json</c>. It remembers which keys were asked for, so that a key that changes a model and that its family does not know is found
/// (<see cref="ConfigKeys"/>). A null counts as absent unless it is asked for by name.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="source">What messages start with.</param>
internal sealed class ConfigReader(JsonElement json, string source)
{
    private readonly JsonFields _fields = new(json, (key, problem) => new ModelConfigException(source, key, problem));
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>An object without fields: what a family does where a file says nothing.</summary>
    public static ConfigReader Empty { get; } = new(JsonDocument.Parse("{}").RootElement.Clone(), "model configuration");

    /// <summary>Every key with its value.</summary>
    public IEnumerable<JsonProperty> All => json.EnumerateObject();

    public bool WasAsked(string key) => _asked.Contains(key);

    /// <summary>Whether the key is there, be it with the value null.</summary>
    public bool Names(string key) => json.TryGetProperty(key, out _);

    public bool Has(string key) => Asked(key).Has(key);

    public int Int(string key) => Asked(key).Int(key);

    public int? OptionalInt(string key) => Asked(key).OptionalInt(key);

    public double? OptionalDouble(string key) => Asked(key).OptionalDouble(key);

    /// <summary>The number; null where the file says null, and the default where it does not name the key.</summary>
    public double? DoubleOrNull(string key, double? absent) => Names(key) ? OptionalDouble(key) : absent;

    /// <inheritdoc cref="DoubleOrNull"/>
    public int? IntOrNull(string key, int? absent) => Names(key) ? OptionalInt(key) : absent;

    public bool Bool(string key, bool absent = false) => Asked(key).OptionalBool(key) ?? absent;

    public string? OptionalString(string key) => Asked(key).OptionalString(key);

    public JsonFields? OptionalObject(string key) => Asked(key).OptionalObject(key);

    public IReadOnlyList<string> Strings(string key) => Asked(key).Strings(key);

    public IReadOnlyList<int> TokenIds(string key) => Asked(key).TokenIds(key);

    public IReadOnlyList<int>? OptionalInts(string key) => Asked(key).Find(key) is null ? null : TokenIds(key);

    public Exception Fail(string key, string problem) => _fields.Fail(key, problem);

    /// <summary>What every layer sees: as <c>layer_types</c> says, or else as the family has it.</summary>
    /// <param name="config">Number of layers and context.</param>
    /// <param name="window">Width of the window; null where there is none.</param>
    /// <param name="slides">Whether a layer has a window where the file does not say.</param>
    public IReadOnlyList<LayerKind> LayerKinds(ModelConfig config, int? window, Func<int, bool> slides)
    {
        IReadOnlyList<string> types = Strings("layer_types");
        if (types.Count > 0 && types.Count != config.Layers)
            throw Fail("layer_types", $"describes {types.Count} layers, expected {config.Layers}, as num_hidden_layers says.");
        if (window < 1) throw Fail("sliding_window", $"is {window}, expected at least 1.");
        var kinds = new LayerKind[Math.Max(config.Layers, 0)];
        for (int i = 0; i < kinds.Length; i++) kinds[i] = new LayerKind(Slides(i) ? Width() : 0, Rotation.Global);
        return Array.TrueForAll(kinds, kind => kind == default) ? [] : kinds;

        bool Slides(int layer) => types.Count == 0 ? slides(layer) : types[layer] switch
        {
            "full_attention" => false,
            "sliding_attention" => true,
            var other => throw Fail("layer_types", $"holds {Excerpt.Quoted(other)}, expected 'full_attention' or 'sliding_attention'; " +
                "other kinds of attention are not built."),
        };

        int Width() => window ?? throw Fail("layer_types", "holds 'sliding_attention', but the file gives no window for it; expected only 'full_attention', " +
            "or a sliding_window that this family uses.");
    }

    /// <summary>The activation of the feed-forward layer.</summary>
    /// <param name="key">The key that names it.</param>
    /// <param name="absent">What it is where the file does not say.</param>
    public Activation Activation(string key = "hidden_act", string absent = "silu") => (OptionalString(key) ?? absent) switch
    {
        "silu" or "swish" => Models.Activation.Silu,
        "gelu_pytorch_tanh" => Models.Activation.GeluTanh,
        var other => throw Fail(key, $"is {Excerpt.Quoted(other)}, expected 'silu', 'swish' or 'gelu_pytorch_tanh'; other activations are not built."),
    };

    private JsonFields Asked(string key)
    {
        // The reader without fields is shared, and nobody asks what it was asked for.
        if (!ReferenceEquals(this, Empty)) _asked.Add(key);
        return _fields;
    }
}
