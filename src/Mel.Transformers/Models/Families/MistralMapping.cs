using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Mistral: a Llama whose layers all see a window, unless the file says that there is none, as it does from 7B v0.3 on.</summary>
internal sealed class MistralMapping() : FamilyMapping(DecoderFamily.Mistral, "mistral", "MistralForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { KeyValueHeads = 8 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config)
    {
        int? window = file.IntOrNull("sliding_window", 4096);
        return new() { Activation = file.Activation(), Layers = file.LayerKinds(config, window, _ => window is not null) };
    }

    public override void Write(ModelConfig config, JsonObject json) => WriteLayers(config, json);
}
