using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>SmolLM3: every fourth layer does not rotate; where a window is used, only layers without rotation have it.</summary>
internal sealed class SmolLm3Mapping() : FamilyMapping(DecoderFamily.SmolLm3, "smollm3", "SmolLM3ForCausalLM")
{
    public override ConfigDefaults Defaults { get; } = new() { TiedEmbeddings = true, KeyValueHeads = 4, RopeTheta = 2_000_000 };

    protected override DecoderTraits Read(ConfigReader file, ModelConfig config)
    {
        int interval = file.OptionalInt("no_rope_layer_interval") ?? 4;
        if (interval < 1) throw file.Fail("no_rope_layer_interval", $"is {interval}, expected at least 1.");
        IReadOnlyList<int>? rotates = file.OptionalInts("no_rope_layers");
        if (rotates is not null && rotates.Count != config.Layers)
            throw file.Fail("no_rope_layers", $"describes {rotates.Count} layers, expected {config.Layers}, as num_hidden_layers says.");
        int? window = file.OptionalInt("sliding_window");
        if (!file.Bool("use_sliding_window")) window = null;
        IReadOnlyList<LayerKind> kinds = file.LayerKinds(config, window, layer => window is not null && !Rotates(layer));
        return new()
        {
            Activation = file.Activation(),
            FeedForwardBias = file.Bool("mlp_bias"),
            Layers = [.. Enumerable.Range(0, config.Layers).Select(layer
                => new LayerKind(kinds.Count == 0 ? 0 : kinds[layer].Window, Rotates(layer) ? Rotation.Global : Rotation.None))],
        };

        // The list says 1 for a layer that rotates, whatever its name says.
        bool Rotates(int layer) => rotates is null ? (layer + 1) % interval != 0 : rotates[layer] != 0;
    }

    public override void Write(ModelConfig config, JsonObject json)
    {
        DecoderTraits traits = config.Traits;
        WriteLayers(config, json);
        json["mlp_bias"] = traits.FeedForwardBias;
        json["no_rope_layers"] = new JsonArray([.. traits.Layers.Select(kind => JsonValue.Create(kind.Rotation == Rotation.None ? 0 : 1))]);
        json["use_sliding_window"] = traits.Layers.Any(kind => kind.Window > 0);
    }
}
