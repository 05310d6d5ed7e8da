using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Qwen3: norms of queries and keys per head; a window from some layer on, where <c>use_sliding_window</c> says so.</summary>
internal sealed class Qwen3Mapping() : FamilyMapping(DecoderFamily.Qwen3, "qwen3", "Qwen3ForCausalLM")
{
    protected override DecoderTraits Read(ConfigReader file, ModelConfig config) => new()
    {
        HeadNorm = HeadNorm.PerHead,
        Activation = file.Activation(),
        Layers = Layers(file, config),
    };

    public override void Write(ModelConfig config, JsonObject json) => WriteWindow(config, json);

    /// <summary>The window of Qwen models: a number is often given, and used only where a switch says so, from <c>max_window_layers</c> on.</summary>
    public static IReadOnlyList<LayerKind> Layers(ConfigReader file, ModelConfig config)
    {
        int? window = file.OptionalInt("sliding_window"), first = file.OptionalInt("max_window_layers") ?? 28;
        if (!file.Bool("use_sliding_window")) window = null;
        return file.LayerKinds(config, window, layer => window is not null && layer >= first);
    }

    /// <summary>Writes what <see cref="Layers"/> reads.</summary>
    public static void WriteWindow(ModelConfig config, JsonObject json)
    {
        json["use_sliding_window"] = config.Traits.Layers.Count > 0;
        if (config.Traits.Layers.Count > 0) WriteLayers(config, json);
    }
}
