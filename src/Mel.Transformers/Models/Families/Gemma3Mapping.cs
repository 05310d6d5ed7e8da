using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>
/// Gemma 3, the models of text: a Gemma 2 with norms of queries and keys and without bounds; five of six layers see a window and rotate by a base of their own.
/// </summary>
internal sealed class Gemma3Mapping() : FamilyMapping(DecoderFamily.Gemma3, "gemma3_text", "Gemma3ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { TiedEmbeddings = true, KeyValueHeads = 4, HeadSize = 256, RopeTheta = 1_000_000 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config)
    {
        int pattern = file.OptionalInt("sliding_window_pattern") ?? file.OptionalInt("_sliding_window_pattern") ?? 6;
        if (pattern < 1) throw file.Fail("sliding_window_pattern", $"is {pattern}, expected at least 1.");
        return Gemma2Mapping.Common(file, config) with
        {
            HeadNorm = HeadNorm.PerHead,
            AttentionCap = file.OptionalDouble("attn_logit_softcapping"),
            LogitCap = file.OptionalDouble("final_logit_softcapping"),
            Layers = file.LayerKinds(config, file.IntOrNull("sliding_window", 4096), layer => (layer + 1) % pattern != 0),
            LocalRope = new RopeSettings(file.OptionalDouble("rope_local_base_freq") ?? 10_000, new RopeScaling()),
        };
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        Gemma2Mapping.WriteCommon(config, json);
        json["rope_local_base_freq"] = config.Traits.LocalRope?.Theta ?? config.RopeTheta;
    }
}
