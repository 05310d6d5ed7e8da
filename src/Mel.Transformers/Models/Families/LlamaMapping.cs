using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Llama 2 and 3, SmolLM2, TinyLlama, DeepSeek-R1-Distill-Llama: the plain decoder.</summary>
internal sealed class LlamaMapping() : FamilyMapping(DecoderFamily.Llama, "llama", "LlamaForCausalLM")
{
    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        Activation = file.Activation(),
        FeedForwardBias = file.Bool("mlp_bias"),
        Layers = file.LayerKinds(config, null, _ => false),
    };

    public override void Write(ModelConfig config, JsonObject json) => json["mlp_bias"] = config.Traits.FeedForwardBias;
}
