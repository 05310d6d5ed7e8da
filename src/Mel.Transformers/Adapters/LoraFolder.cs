using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
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
        if (!File.Exists(path)) throw new CheckpointException(path, null, "the file does not exist; give a folder in the layout of PEFT.");
        JsonObject json;
        try
        {
            json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new CheckpointException(path, null, "the file holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, null, $"the file is no JSON ({e.Message}).", e);
        }

        try
        {
            Require(Text("peft_type") == "LORA", "peft_type", "LORA");
            Require(Text("bias") is null or "none", "bias", "none");
            Require(json["use_dora"]?.GetValue<bool>() is not true, "use_dora", "false");
            Require(json["fan_in_fan_out"]?.GetValue<bool>() is not true, "fan_in_fan_out", "false");
            Require(json["modules_to_save"] is null or JsonArray { Count: 0 }, "modules_to_save", "none");
            Require(json["rank_pattern"] is null or JsonObject { Count: 0 }, "rank_pattern", "none");
            Require(json["alpha_pattern"] is null or JsonObject { Count: 0 }, "alpha_pattern", "none");
            int rank = json["r"]!.GetValue<int>();
            double alpha = json["lora_alpha"]!.GetValue<double>();
            IReadOnlyList<string> targets = json["target_modules"] switch
            {
                JsonArray list => [.. LoraOptions.Projections.Where(list.Select(t => t!.GetValue<string>()).ToHashSet().Contains)],
                JsonValue value when value.GetValue<string>() == "all-linear" => LoraOptions.Projections,
                _ => throw new CheckpointException(path, null, "'target_modules' is no list of projections, expected one, or \"all-linear\"."),
            };

            // rsLoRA divides by the root of the rank instead of the rank.
            if (json["use_rslora"]?.GetValue<bool>() is true) alpha *= Math.Sqrt(rank);
            return new LoraOptions { Rank = rank, Alpha = alpha, Targets = targets }.Checked();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NullReferenceException or OptionsValidationException)
        {
            throw new CheckpointException(path, null, $"the file is no configuration of low-rank adapters that is supported ({e.Message}).", e);
        }

        string? Text(string key) => json[key]?.GetValue<string>();

        void Require(bool holds, string key, string expected)
        {
            if (!holds)
                throw new CheckpointException(
                    path, null, $"'{key}' is {json[key]?.ToJsonString() ?? "missing"}, expected {expected}; other forms of adapters are not built.");
        }
    }

    public static void ReadInto(string folder, IReadOnlyDictionary<string, Tensor> adapters)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        foreach (var (name, tensor) in adapters) file.ReadInto(Prefix + name, tensor);
        bool IsKnown(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && adapters.ContainsKey(name[Prefix.Length..]);
        if (file.Entries.Keys.FirstOrDefault(name => !IsKnown(name)) is { } surplus)
            throw new CheckpointException(
                file.Path, surplus, "the file holds a tensor that no adapter of this model has; it belongs to another model or kind of adapter.");
    }
}
