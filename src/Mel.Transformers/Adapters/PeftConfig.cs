using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Adapters;

/// <summary>
/// Reads an <c>adapter_config.json</c> of PEFT. What makes an adapter something else than a low-rank product beside a projection is refused: every key that is
/// not known must have the value that changes nothing.
/// </summary>
internal sealed class PeftConfig
{
    public const string FileName = "adapter_config.json";

    // Bookkeeping, and settings of training that an adapter no longer depends on.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "peft_version", "lora_dropout", "megatron_core",
        "qalora_group_size", "ensure_weight_tying", "runtime_config", "eva_config",
    };

    // Ways to begin that leave the base as it was.
    private static readonly HashSet<string> Beginnings = new(StringComparer.Ordinal) { "gaussian", "orthogonal", "eva" };

    private readonly JsonElement _json;
    private readonly JsonFields _fields;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private PeftConfig(JsonElement json, string path)
    {
        _json = json;
        _fields = new JsonFields(json, (key, problem) => new CheckpointException(path, null, $"'{key}' {problem}"));
    }

    /// <summary>Reads the plan of an adapter folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="projections">The full names of the model's projections.</param>
    public static LoraPlan Read(string folder, IReadOnlyCollection<string> projections)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!Path.Exists(path)) throw new CheckpointException(path, null, "the file does not exist; give a folder in the layout of PEFT.");
        using JsonDocument document = UntrustedJson.ReadObject(
            path, FileLimits.ConfigBytes, (problem, inner) => new CheckpointException(path, null, problem, inner), duplicates: true);
        try
        {
            return new PeftConfig(document.RootElement.Clone(), path).Plan(projections);
        }
        catch (OptionsValidationException e)
        {
            throw new CheckpointException(path, null, $"the file is no configuration of low-rank adapters that is supported ({e.Message}).", e);
        }
    }

    private LoraPlan Plan(IReadOnlyCollection<string> projections)
    {
        Require(Known("peft_type").OptionalString("peft_type") == "LORA", "peft_type", "\"LORA\"");
        Require(Known("bias").OptionalString("bias") is null or "none", "bias", "\"none\"");
        RequireBeginning();
        int rank = Known("r").Int("r");
        double alpha = Known("lora_alpha").OptionalDouble("lora_alpha") ?? throw _fields.Fail("lora_alpha", "is missing, expected a number.");
        bool stabilized = Known("use_rslora").OptionalBool("use_rslora") is true;
        PeftPattern ranks = Pattern("rank_pattern"), alphas = Pattern("alpha_pattern");
        PeftTargets targets = PeftTargets.Read(Known("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern"));
        RefuseUnknown();
        HashSet<string> meant = [.. projections.Where(targets.Match)];
        if (meant.Count == 0) throw _fields.Fail("target_modules", "means no projection of this model; the adapter belongs to another one.");
        IReadOnlyList<string> kinds = [.. LoraOptions.Projections.Where(kind => meant.Any(name => name.EndsWith("." + kind, StringComparison.Ordinal)))];
        LoraOptions options = new LoraOptions { Rank = rank, Alpha = stabilized ? alpha * Math.Sqrt(rank) : alpha, Targets = kinds }.Checked();
        return new LoraPlan(options, Find, JsonObject.Create(_json)!);

        AdapterShape? Find(string projection)
        {
            if (!meant.Contains(projection)) return null;
            double own = ranks.Find(projection) ?? rank, numerator = alphas.Find(projection) ?? alpha;
            if (own < 1 || own != Math.Floor(own) || own > int.MaxValue)
                throw _fields.Fail("rank_pattern", $"gives {projection} the rank {own}, expected a whole number from 1.");
            // rsLoRA divides by the root of the rank instead of the rank.
            return new AdapterShape((int)own, numerator / (stabilized ? Math.Sqrt(own) : own));
        }
    }

    private JsonFields Known(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys) _known.Add(key);
        return _fields;
    }

    private PeftPattern Pattern(string key) => new(_fields, Known(key).Find(key) is null ? null : key);

    // PiSSA, OLoRA, LoftQ, CorDA and LoRA-GA take a part out of the base weights before they begin: on the weights as published the adapter is another model.
    private void RequireBeginning()
    {
        const string key = "init_lora_weights";
        JsonElement? value = Known(key).Find(key);
        bool plain = value is null or { ValueKind: JsonValueKind.True or JsonValueKind.False }
            || (value is { ValueKind: JsonValueKind.String } name && Beginnings.Contains(name.GetString()!));
        Require(plain, key, "true, false, \"gaussian\", \"orthogonal\" or \"eva\"; such an adapter belongs to base weights that were changed when it began, " +
            "and PEFT converts it to a plain one with path_initial_model_for_weight_conversion");
    }

    private void RefuseUnknown()
    {
        foreach (JsonProperty property in _json.EnumerateObject())
        {
            if (_known.Contains(property.Name) || Kept.Contains(property.Name)) continue;
            bool changesNothing = property.Value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.False => true,
                JsonValueKind.Array => property.Value.GetArrayLength() == 0,
                JsonValueKind.Object => property.Value.GetPropertyCount() == 0,
                _ => false,
            };
            string why = property.Name == "alora_invocation_tokens" ? " (an activated adapter acts only behind these tokens)" : string.Empty;
            Require(changesNothing, property.Name, (property.Value.ValueKind == JsonValueKind.True ? "false" : "none") + why);
        }
    }

    private void Require(bool holds, string key, string expected)
    {
        if (holds) return;
        string found = _fields.Find(key) is { } value ? Excerpt.Of(value.GetRawText()) : "missing";
        throw _fields.Fail(key, $"is {found}, expected {expected}; other forms of adapters are not built.");
    }
}
