namespace Mel.Transformers.Models;

/// <summary>Inverse frequencies of the rotary embedding and the factor on cosine and sine, in float32 steps as Hugging Face computes them.</summary>
internal static class RotaryTable
{
    /// <summary>inv_freq after stretching, [headSize / 2], and the factor on cosine and sine.</summary>
    public static (float[] InverseFrequencies, float Factor) Frequencies(ModelConfig config)
    {
        int half = config.HeadSize / 2;
        var inverse = new float[half];
        for (int i = 0; i < half; i++) inverse[i] = 1f / MathF.Pow((float)config.RopeTheta, 2f * i / config.HeadSize);
        RopeScaling scaling = config.RopeScaling;
        int original = scaling.OriginalContextTokens > 0 ? scaling.OriginalContextTokens : config.ContextTokens;
        switch (scaling.Type)
        {
            case RopeType.Linear:
                for (int i = 0; i < half; i++) inverse[i] /= (float)scaling.Factor;
                return (inverse, 1f);
            case RopeType.Llama3:
                for (int i = 0; i < half; i++) inverse[i] = Llama3(inverse[i], scaling, original);
                return (inverse, 1f);
            case RopeType.Yarn:
                Yarn(inverse, config, scaling, original);
                return (inverse, (float)YarnFactor(scaling));
            default:
                return (inverse, 1f);
        }
    }

    /// <summary>Cosine and sine of every position, one row of [cos half | sin half] per position.</summary>
    public static float[] Rows(ModelConfig config, int positions)
    {
        var (inverse, factor) = Frequencies(config);
        int half = inverse.Length;
        var rows = new float[positions * 2 * half];
        for (int p = 0; p < positions; p++)
        {
            for (int i = 0; i < half; i++)
            {
                float angle = p * inverse[i];
                rows[p * 2 * half + i] = MathF.Cos(angle) * factor;
                rows[p * 2 * half + half + i] = MathF.Sin(angle) * factor;
            }
        }

        return rows;
    }

    private static float Llama3(float inverse, RopeScaling scaling, int original)
    {
        double wavelength = 2 * Math.PI / inverse;
        if (wavelength < original / scaling.HighFrequencyFactor) return inverse;
        if (wavelength > original / scaling.LowFrequencyFactor) return inverse / (float)scaling.Factor;
        double smooth = (original / wavelength - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return (float)((1 - smooth) * inverse / scaling.Factor + smooth * inverse);
    }

    private static void Yarn(float[] inverse, ModelConfig config, RopeScaling scaling, int original)
    {
        double low = Dimension(scaling.BetaFast), high = Dimension(scaling.BetaSlow);
        if (scaling.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, config.HeadSize - 1);
        if (low == high) high += 0.001;
        for (int i = 0; i < inverse.Length; i++)
        {
            double kept = 1 - Math.Clamp((i - low) / (high - low), 0, 1);
            inverse[i] = (float)(inverse[i] / scaling.Factor * (1 - kept) + inverse[i] * kept);
        }

        // The dimension whose frequency makes this many rotations over the original context.
        double Dimension(double rotations) => config.HeadSize * Math.Log(original / (rotations * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));
    }

    private static double YarnFactor(RopeScaling scaling)
    {
        if (scaling.AttentionFactor is { } given) return given;
        return scaling is { MScale: > 0 and var numerator, MScaleAllDimensions: > 0 and var denominator } ? Scale(numerator) / Scale(denominator) : Scale(1);

        double Scale(double weight) => scaling.Factor <= 1 ? 1 : 0.1 * weight * Math.Log(scaling.Factor) + 1;
    }
}
