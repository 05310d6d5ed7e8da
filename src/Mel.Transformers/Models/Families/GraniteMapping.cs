using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Granite 3: a Llama with four factors.</summary>
internal sealed class GraniteMapping() : FamilyMapping(DecoderFamily.Granite, "granite", "GraniteForCausalLM")
{
    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        EmbeddingScale = file.OptionalDouble("embedding_multiplier") ?? 1,
        AttentionScale = file.OptionalDouble("attention_multiplier") ?? 1,
        ResidualScale = file.OptionalDouble("residual_multiplier") ?? 1,
        LogitScale = 1 / (file.OptionalDouble("logits_scaling") ?? 1),
        Activation = file.Activation(),
        FeedForwardBias = file.Bool("mlp_bias"),
        Layers = file.LayerKinds(config, null, _ => false),
    };

    public override void Write(ModelConfig config, JsonObject json)
    {
        DecoderTraits traits = config.Traits;
        json["embedding_multiplier"] = traits.EmbeddingScale;
        json["attention_multiplier"] = traits.AttentionScale;
        json["residual_multiplier"] = traits.ResidualScale;
        json["logits_scaling"] = 1 / traits.LogitScale;
        json["mlp_bias"] = traits.FeedForwardBias;
    }
}
