using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Gemma 2: norms that add one on both sides of a block, GELU, bounds of scores and logits, a window in every second layer from the first.</summary>
internal sealed class Gemma2Mapping() : FamilyMapping(DecoderFamily.Gemma2, "gemma2", "Gemma2ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { TiedEmbeddings = true, KeyValueHeads = 4, HeadSize = 256 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => Common(file, config) with
    {
        AttentionCap = file.DoubleOrNull("attn_logit_softcapping", 50),
        LogitCap = file.DoubleOrNull("final_logit_softcapping", 30),
        Layers = file.LayerKinds(config, file.IntOrNull("sliding_window", 4096), layer => layer % 2 == 0),
    };

    public override void Write(ModelConfig config, JsonObject json) => WriteCommon(config, json);

    /// <summary>What Gemma 2 and 3 have in common.</summary>
    public static DecoderTraits Common(ConfigReader file, ModelConfig config) => new()
    {
        NormPlace = NormPlace.BeforeAndAfter,
        NormsAddOne = true,
        EmbeddingScale = Math.Sqrt(config.HiddenSize),
        AttentionScale = 1 / Math.Sqrt(file.OptionalDouble("query_pre_attn_scalar") ?? 256),
        Activation = file.Activation("hidden_activation", "gelu_pytorch_tanh"),
    };

    /// <summary>Writes what <see cref="Common"/> reads, and bounds and windows.</summary>
    public static void WriteCommon(ModelConfig config, JsonObject json)
    {
        DecoderTraits traits = config.Traits;
        WriteLayers(config, json);
        json.Remove("hidden_act");
        json["hidden_activation"] = ModelConfigJson.NameOf(traits.Activation);
        json["query_pre_attn_scalar"] = Math.Round(1 / (traits.AttentionScale!.Value * traits.AttentionScale.Value), 6);
        json["attn_logit_softcapping"] = traits.AttentionCap;
        json["final_logit_softcapping"] = traits.LogitCap;
    }
}
