using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Runtime;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers.Adapters;

/// <summary>Adapters on disk in the layout of PEFT.</summary>
internal static class LoraFolder
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string ConfigName = "adapter_config.json";
    private const string Prefix = "base_model.model.";

    public static void Write(string folder, LoraOptions options, IReadOnlyDictionary<string, Tensor> adapters, string? baseModel)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        var json = new JsonObject
        {
            ["base_model_name_or_path"] = baseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["lora_alpha"] = options.Alpha,
            ["lora_dropout"] = 0.0,
            ["modules_to_save"] = null,
            ["peft_type"] = "LORA",
            ["r"] = options.Rank,
            ["target_modules"] = new JsonArray([.. options.Targets.Select(t => JsonValue.Create(t))]),
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = false,
            ["use_rslora"] = false,
        };
        AtomicFile.Write(Path.Combine(folder, ConfigName), stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteTo(writer);
        });
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), adapters.Select(a => KeyValuePair.Create(Prefix + a.Key, a.Value)));
    }

    public static LoraOptions ReadOptions(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, ConfigName);
        if (!Path.Exists(path)) throw new CheckpointException(path, null, "the file does not exist; give a folder in the layout of PEFT.");
        using JsonDocument document = UntrustedJson.ReadObject(
            path, FileLimits.ConfigBytes, (problem, inner) => new CheckpointException(path, null, problem, inner), duplicates: true);
        var json = new JsonFields(document.RootElement, (key, problem) => new CheckpointException(path, null, $"'{key}' {problem}"));
        Require(json.OptionalString("peft_type") == "LORA", "peft_type", "\"LORA\"");
        Require(json.OptionalString("bias") is null or "none", "bias", "\"none\"");
        Require(json.OptionalBool("use_dora") is not true, "use_dora", "false");
        Require(json.OptionalBool("fan_in_fan_out") is not true, "fan_in_fan_out", "false");
        Require(json.Find("modules_to_save") is null || json.Strings("modules_to_save").Count == 0, "modules_to_save", "none");
        Require(IsEmpty("rank_pattern"), "rank_pattern", "none");
        Require(IsEmpty("alpha_pattern"), "alpha_pattern", "none");
        int rank = json.Int("r");
        double alpha = json.OptionalDouble("lora_alpha") ?? throw json.Fail("lora_alpha", "is missing, expected a number.");
        IReadOnlyList<string> targets = json.Find("target_modules") is { ValueKind: JsonValueKind.Array }
            ? [.. LoraOptions.Projections.Where(json.Strings("target_modules").ToHashSet(StringComparer.Ordinal).Contains)]
            : json.OptionalString("target_modules") == "all-linear" ? LoraOptions.Projections
            : throw json.Fail("target_modules", "is no list of projections, expected one, or \"all-linear\".");

        // rsLoRA divides by the root of the rank instead of the rank.
        if (json.OptionalBool("use_rslora") is true) alpha *= Math.Sqrt(rank);
        try
        {
            return new LoraOptions { Rank = rank, Alpha = alpha, Targets = targets }.Checked();
        }
        catch (OptionsValidationException e)
        {
            throw new CheckpointException(path, null, $"the file is no configuration of low-rank adapters that is supported ({e.Message}).", e);
        }

        bool IsEmpty(string key) => json.Find(key) is not { } value || (value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 0);

        void Require(bool holds, string key, string expected)
        {
            if (holds) return;
            string found = json.Find(key) is { } value ? Excerpt.Of(value.GetRawText()) : "missing";
            throw json.Fail(key, $"is {found}, expected {expected}; other forms of adapters are not built.");
        }
    }

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
