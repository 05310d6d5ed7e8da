using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>OLMo 3: an OLMo 2 of whose layers every fourth sees all and the others a window; only those that see all stretch their rotation.</summary>
internal sealed class Olmo3Mapping() : FamilyMapping(DecoderFamily.Olmo3, "olmo3", "Olmo3ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { NormEpsilon = 1e-5 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        NormPlace = NormPlace.After,
        HeadNorm = HeadNorm.AllHeads,
        Activation = file.Activation(),
        Layers = file.LayerKinds(config, file.IntOrNull("sliding_window", 4096), layer => (layer + 1) % 4 != 0),
        LocalRope = new RopeSettings(config.RopeTheta, new RopeScaling()),
    };

    public override void Write(ModelConfig config, JsonObject json) => WriteLayers(config, json);
}
