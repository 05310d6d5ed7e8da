using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Phi-3, Phi-3.5, Phi-4 and Phi-4-mini: joint projections; Phi-4-mini rotates three quarters of a head.</summary>
internal sealed class Phi3Mapping() : FamilyMapping(DecoderFamily.Phi3, "phi3", "Phi3ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { NormEpsilon = 1e-5 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config)
    {
        int? window = file.OptionalInt("sliding_window");
        double rotated = file.OptionalObject("rope_parameters")?.OptionalDouble("partial_rotary_factor") ?? file.OptionalDouble("partial_rotary_factor") ?? 1;
        return new()
        {
            JointProjections = true,
            Activation = file.Activation(),
            RotaryWidth = rotated == 1 ? null : (int)(config.HeadSize * rotated),
            Layers = file.LayerKinds(config, window, _ => window is not null),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        WriteLayers(config, json);
        if (config.Traits.RotaryWidth is { } width) json["partial_rotary_factor"] = (double)width / config.HeadSize;
    }
}
