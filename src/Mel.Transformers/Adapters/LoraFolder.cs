using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using static TorchSharp.torch;

namespace Mel.Transformers.Adapters;

/// <summary>Adapters on disk in the layout of PEFT.</summary>
internal static class LoraFolder
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    public static void Write(string folder, LoraPlan plan, IReadOnlyDictionary<string, Tensor> adapters, string? baseModel)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        JsonObject json = (JsonObject?)plan.Source?.DeepClone() ?? Config(plan.Options, adapters.Keys);
        if (baseModel is not null || plan.Source is null) json["base_model_name_or_path"] = baseModel;
        AtomicFile.Write(Path.Combine(folder, PeftConfig.FileName), stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteTo(writer);
        });
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), adapters.Select(a => KeyValuePair.Create(Prefix + a.Key, a.Value)));
    }

    private static JsonObject Config(LoraOptions options, IEnumerable<string> adapters) => new()
    {
        ["alpha_pattern"] = new JsonObject(),
        ["base_model_name_or_path"] = null,
        ["bias"] = "none",
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["lora_alpha"] = options.Alpha,
        ["lora_dropout"] = 0.0,
        ["modules_to_save"] = null,
        ["peft_type"] = "LORA",
        ["r"] = options.Rank,
        ["rank_pattern"] = new JsonObject(),
        // Those that the model has.
        ["target_modules"] = new JsonArray([.. options.Targets
            .Where(target => adapters.Any(name => name.Contains($".{target}.", StringComparison.Ordinal))).Select(target => JsonValue.Create(target))]),
        ["task_type"] = "CAUSAL_LM",
        ["use_dora"] = false,
        ["use_rslora"] = false,
    };

    /// <summary>Checks by the header alone that the file holds adapters of these shapes: what a few bytes of configuration claim is not built before.</summary>
    public static void RequireShapes(string folder, IReadOnlyCollection<(string Name, long[] Shape)> adapters)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        foreach ((string name, long[] shape) in adapters) file.RequireShape(Prefix + name, shape);
        HashSet<string> known = [.. adapters.Select(a => Prefix + a.Name)];
        if (file.Entries.Keys.FirstOrDefault(name => !known.Contains(name)) is { } surplus)
            throw new CheckpointException(
                file.Path, surplus, "the file holds a tensor that no adapter of this model has; it belongs to another model or kind of adapter.");
    }

    public static void ReadInto(string folder, IReadOnlyDictionary<string, Tensor> adapters)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        foreach (var (name, tensor) in adapters) file.ReadInto(Prefix + name, tensor);
    }
}
