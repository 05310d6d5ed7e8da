using System.Text.Json;
using Mel.Runtime;

namespace Mel.Transformers.Models.Families;

/// <summary>
/// The rotary embedding of a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or the <c>rope_parameters</c> of transformers 5, which may hold
/// one set for layers that see everything and one for layers with a window.
/// </summary>
internal static class RopeReader
{
    private const string Full = "full_attention", Sliding = "sliding_attention";

    /// <summary>The rotation of the model, and of its layers with a window where the file has one for them.</summary>
    public static (RopeSettings Global, RopeSettings? Local) Read(ConfigReader file, ConfigDefaults defaults, int context)
    {
        double theta = file.OptionalDouble("rope_theta") ?? defaults.RopeTheta;
        int original = file.OptionalInt("original_max_position_embeddings") ?? 0;
        JsonFields? scaling = file.OptionalObject("rope_scaling");
        if (file.OptionalObject("rope_parameters") is not { } parameters) return (Settings(scaling), null);
        JsonElement json = file.All.First(property => property.Name == "rope_parameters").Value;
        string[] types = [.. json.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object).Select(property => property.Name)];
        if (types.Length == 0) return (Settings(parameters), null);
        if (types.FirstOrDefault(type => type is not (Full or Sliding)) is { } other)
            throw parameters.Fail(other, $"gives the rotation of a kind of layer that is not built, expected '{Full}' or '{Sliding}'.");
        if (json.EnumerateObject().Select(property => property.Name).FirstOrDefault(name => !types.Contains(name) && parameters.Has(name)) is { } stray)
            throw parameters.Fail(stray, "stands beside the rotation of kinds of layers, expected it in one of them.");
        JsonFields? full = parameters.OptionalObject(Full), sliding = parameters.OptionalObject(Sliding);
        return (Settings(full ?? sliding), sliding is null ? null : Settings(sliding));

        RopeSettings Settings(JsonFields? fields) => new(fields?.OptionalDouble("rope_theta") ?? theta, Scaling(fields, context, original));
    }

    private static RopeScaling Scaling(JsonFields? fields, int context, int modelOriginal)
    {
        if (fields is null) return new RopeScaling();
        string type = fields.OptionalString("rope_type") ?? fields.OptionalString("type") ?? "default";
        RopeType kind = type switch
        {
            "default" => RopeType.Default,
            "linear" => RopeType.Linear,
            "llama3" => RopeType.Llama3,
            "yarn" => RopeType.Yarn,
            "longrope" or "su" => RopeType.LongRope,
            _ => throw fields.Fail("rope_type", $"is {Excerpt.Quoted(type)}, expected default, linear, llama3, yarn or longrope; other kinds are not built."),
        };
        if (kind == RopeType.Default) return new RopeScaling();
        int original = fields.OptionalInt("original_max_position_embeddings") ?? modelOriginal;
        if (original < 0) throw fields.Fail("original_max_position_embeddings", $"is {original}, expected at least 1.");
        if (kind is RopeType.Llama3 or RopeType.LongRope && original == 0)
            throw fields.Fail("original_max_position_embeddings", $"is missing, expected the context before it was stretched: {type} cannot do without it.");
        foreach (string key in (ReadOnlySpan<string>)["short_mscale", "long_mscale"])
        {
            if (fields.Has(key)) throw fields.Fail(key, "is present, expected none; a factor of its own for long contexts is not built.");
        }

        bool derives = kind is RopeType.Yarn or RopeType.LongRope && original > 0;
        return new RopeScaling
        {
            Type = kind,
            Factor = fields.OptionalDouble("factor") ?? (derives ? Math.Max(1, (double)context / original) : throw Missing("factor", "a number from 1")),
            OriginalContextTokens = original,
            LowFrequencyFactor = fields.OptionalDouble("low_freq_factor") ?? Unless(RopeType.Llama3, "low_freq_factor", 1),
            HighFrequencyFactor = fields.OptionalDouble("high_freq_factor") ?? Unless(RopeType.Llama3, "high_freq_factor", 4),
            BetaFast = fields.OptionalDouble("beta_fast") ?? 32,
            BetaSlow = fields.OptionalDouble("beta_slow") ?? 1,
            AttentionFactor = fields.OptionalDouble("attention_factor"),
            MScale = fields.OptionalDouble("mscale"),
            MScaleAllDimensions = fields.OptionalDouble("mscale_all_dim"),
            Truncate = fields.OptionalBool("truncate") ?? true,
            ShortFactors = kind == RopeType.LongRope ? Numbers("short_factor") : [],
            LongFactors = kind == RopeType.LongRope ? Numbers("long_factor") : [],
        };

        double Unless(RopeType needing, string key, double otherwise) => kind != needing ? otherwise : throw Missing(key, "a number");

        Exception Missing(string key, string expected) => fields.Fail(key, $"is missing, expected {expected}.");

        IReadOnlyList<double> Numbers(string key) => fields.Find(key) switch
        {
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
                => [.. list.EnumerateArray().Select(item => item.GetDouble())],
            { } value => throw fields.Wrong(key, value, "a list of numbers"),
            null => throw Missing(key, "a list of numbers, one for each frequency"),
        };
    }
}
