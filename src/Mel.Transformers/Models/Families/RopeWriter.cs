using System.Text.Json.Nodes;

namespace Mel.Transformers.Models.Families;

/// <summary>Writes how a rotary embedding is stretched, as <c>rope_scaling</c> has it.</summary>
internal static class RopeWriter
{
    public static JsonObject? Write(RopeScaling scaling)
    {
        if (scaling.Type == RopeType.Default) return null;
        string type = scaling.Type switch { RopeType.Linear => "linear", RopeType.Llama3 => "llama3", RopeType.Yarn => "yarn", _ => "longrope" };
        var json = new JsonObject { ["rope_type"] = type, ["factor"] = scaling.Factor };
        if (scaling.OriginalContextTokens > 0) json["original_max_position_embeddings"] = scaling.OriginalContextTokens;
        if (scaling.AttentionFactor is { } attention) json["attention_factor"] = attention;
        if (scaling.Type == RopeType.Llama3)
        {
            json["low_freq_factor"] = scaling.LowFrequencyFactor;
            json["high_freq_factor"] = scaling.HighFrequencyFactor;
        }
        else if (scaling.Type == RopeType.Yarn)
        {
            json["beta_fast"] = scaling.BetaFast;
            json["beta_slow"] = scaling.BetaSlow;
            if (scaling.MScale is { } scale) json["mscale"] = scale;
            if (scaling.MScaleAllDimensions is { } all) json["mscale_all_dim"] = all;
            if (!scaling.Truncate) json["truncate"] = false;
        }
        else if (scaling.Type == RopeType.LongRope)
        {
            json["short_factor"] = Numbers(scaling.ShortFactors);
            json["long_factor"] = Numbers(scaling.LongFactors);
        }

        return json;
    }

    private static JsonArray Numbers(IReadOnlyList<double> numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);
}
