using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Qwen2, Qwen2.5 and QwQ: query, key and value have a bias.</summary>
internal sealed class Qwen2Mapping() : FamilyMapping(DecoderFamily.Qwen2, "qwen2", "Qwen2ForCausalLM")
{
    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        BiasedQueryKeyValue = true,
        Activation = file.Activation(),
        Layers = Qwen3Mapping.Layers(file, config),
    };

    public override void Write(ModelConfig config, JsonObject json) => Qwen3Mapping.WriteWindow(config, json);
}
