namespace Mel.Transformers.Models.Families;

/// <summary>OLMo 2: blocks are normalized behind them; queries and keys over all heads at once.</summary>
internal sealed class Olmo2Mapping() : FamilyMapping(DecoderFamily.Olmo2, "olmo2", "Olmo2ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { NormEpsilon = 1e-5 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        NormPlace = NormPlace.After,
        HeadNorm = HeadNorm.AllHeads,
        Activation = file.Activation(),
        Layers = file.LayerKinds(config, null, _ => false),
    };
}
