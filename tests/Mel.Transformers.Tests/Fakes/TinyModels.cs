using Mel.Transformers.Models;

namespace Mel.Transformers.Tests.Fakes;

/// <summary>Small models with random weights that are far from uniform.</summary>
internal static class TinyModels
{
    /// <summary>A configuration of a family; windows, where it has some, are narrower than the sequences of tests.</summary>
    public static ModelConfig Config(DecoderFamily family = DecoderFamily.Qwen3)
    {
        ModelConfig config = Sizes(family);
        DecoderTraits traits = config.Traits;
        return traits.Layers.All(layer => layer.Window == 0) ? config : config with
        {
            GivenTraits = traits with { Layers = [.. traits.Layers.Select(layer => layer.Window > 0 ? layer with { Window = 3 } : layer)] },
        };
    }

    private static ModelConfig Sizes(DecoderFamily family) => new()
    {
        Family = family,
        VocabularySize = 50,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = family == DecoderFamily.Qwen3 ? 16 : 8,
        ContextTokens = 64,
        TiedEmbeddings = family != DecoderFamily.Llama,
        InitializerRange = 0.25,
        StopTokenIds = [7],
    };

    public static DecoderModel Model(DecoderFamily family = DecoderFamily.Qwen3, ulong seed = 3)
        => TestDevice.Current.Run(DecoderModel.Create(Config(family), seed, device: TestDevice.Current.Device));

    public static TransformerPolicy Policy(DecoderFamily family = DecoderFamily.Qwen3, TransformerPolicyOptions? options = null)
        => new(Model(family), new NumberTokenizer(), null, options);
}
