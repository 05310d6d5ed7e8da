using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>
/// Maps the <c>config.json</c> of one family to what the decoder does. A new family is a class of this kind, its name in <see cref="DecoderFamily"/>, and a
/// place in <see cref="All"/>.
/// </summary>
/// <param name="family">The family.</param>
/// <param name="modelType">What its files give as <c>model_type</c>.</param>
/// <param name="architecture">What its files give among <c>architectures</c>.</param>
internal abstract class FamilyMapping(DecoderFamily family, string modelType, string architecture)
{
    /// <summary>Every family that is built.</summary>
    public static IReadOnlyList<FamilyMapping> All { get; } =
    [
        new Qwen3Mapping(), new Qwen2Mapping(), new LlamaMapping(), new MistralMapping(), new SmolLm3Mapping(), new Olmo2Mapping(), new Olmo3Mapping(),
        new Phi3Mapping(), new GraniteMapping(), new Gemma2Mapping(), new Gemma3Mapping(),
    ];

    public DecoderFamily Family { get; } = family;

    public string ModelType { get; } = modelType;

    public string Architecture { get; } = architecture;

    /// <summary>The values of keys that a file leaves out.</summary>
    public virtual ConfigDefaults Defaults { get; } = new();

    public static FamilyMapping Of(DecoderFamily family)
        => All.FirstOrDefault(mapping => mapping.Family == family)
            ?? throw new ModelConfigException("model configuration", "Family", $"is {family}, expected one of {string.Join(", ", All.Select(f => f.Family))}.");

    /// <summary>What a model does about which its file says nothing.</summary>
    public DecoderTraits DefaultTraits(ModelConfig config) => Traits(ConfigReader.Empty, config, null);

    /// <summary>What a model does beside the plain decoder.</summary>
    /// <param name="file">The file.</param>
    /// <param name="config">What is common to all families, as it was read.</param>
    /// <param name="local">The rotation of layers with a window, where the file gives one.</param>
    public DecoderTraits Traits(ConfigReader file, ModelConfig config, RopeSettings? local)
    {
        DecoderTraits traits = Read(file, config);
        local ??= traits.LocalRope;
        bool isOther = local is not null
            && (local.Theta != config.RopeTheta || local.Scaling.Type != RopeType.Default || config.RopeScaling.Type != RopeType.Default);
        if (!isOther || traits.Layers.All(kind => kind.Window == 0)) return traits with { LocalRope = null };
        return traits with
        {
            LocalRope = local,
            Layers = [.. traits.Layers.Select(kind => kind is { Window: > 0, Rotation: Rotation.Global } ? kind with { Rotation = Rotation.Local } : kind)],
        };
    }

    /// <summary>What a model does beside the plain decoder. Every key that it knows must be asked for; keys of other families are refused.</summary>
    /// <param name="file">The file.</param>
    /// <param name="config">What is common to all families, as it was read; its traits are what is asked for here.</param>
    protected abstract DecoderTraits Read(ConfigReader file, ModelConfig config);

    /// <summary>Writes the keys that <see cref="Read"/> asks for.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="json">Holds what is common to all families.</param>
    public virtual void Write(ModelConfig config, JsonObject json)
    {
    }

    /// <summary>Writes what every layer sees.</summary>
    protected static void WriteLayers(ModelConfig config, JsonObject json)
    {
        DecoderTraits traits = config.Traits;
        IEnumerable<LayerKind> kinds = Enumerable.Range(0, config.Layers).Select(traits.Layer);
        json["layer_types"] = new JsonArray([.. kinds.Select(kind => JsonValue.Create(kind.Window > 0 ? "sliding_attention" : "full_attention"))]);
        json["sliding_window"] = kinds.Max(kind => kind.Window) is > 0 and var window ? window : null;
    }
}

/// <summary>The values of keys that a file of a family leaves out, as transformers has them.</summary>
internal sealed record ConfigDefaults
{
    /// <summary><c>tie_word_embeddings</c>.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary><c>num_key_value_heads</c>; null is as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary><c>head_dim</c>; null is the width over the heads.</summary>
    public int? HeadSize { get; init; }

    /// <summary><c>rope_theta</c>.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary><c>rms_norm_eps</c>.</summary>
    public double NormEpsilon { get; init; } = 1e-6;
}
