namespace Mel.Transformers.Models;

/// <summary>Inverse frequencies of the rotary embedding and the factor on cosine and sine, in float32 steps as Hugging Face computes them.</summary>
internal static class RotaryTable
{
    /// <summary>inv_freq of the model after stretching, [width / 2], and the factor on cosine and sine.</summary>
    public static (float[] InverseFrequencies, float Factor) Frequencies(ModelConfig config)
        => Frequencies(config, new RopeSettings(config.RopeTheta, config.RopeScaling));

    /// <summary>inv_freq of a rotation after stretching, [width / 2], and the factor on cosine and sine.</summary>
    public static (float[] InverseFrequencies, float Factor) Frequencies(ModelConfig config, RopeSettings rope)
    {
        int width = config.Traits.RotaryWidth ?? config.HeadSize, half = width / 2;
        var inverse = new float[half];
        for (int i = 0; i < half; i++) inverse[i] = 1f / MathF.Pow((float)rope.Theta, 2f * i / width);
        RopeScaling scaling = rope.Scaling;
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
                Yarn(inverse, width, rope, original);
                return (inverse, (float)YarnFactor(scaling));
            case RopeType.LongRope:
                for (int i = 0; i < half; i++) inverse[i] /= (float)scaling.ShortFactors[i];
                return (inverse, (float)LongRopeFactor(scaling, original));
            default:
                return (inverse, 1f);
        }
    }

    /// <summary>Cosine and sine of every position, one row of [cos half | sin half] per position.</summary>
    public static float[] Rows(ModelConfig config, int positions, Rotation rotation)
    {
        if (rotation == Rotation.None) return Identity((config.Traits.RotaryWidth ?? config.HeadSize) / 2, positions);
        var (inverse, factor) = rotation == Rotation.Local ? Frequencies(config, config.Traits.LocalRope!) : Frequencies(config);
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

    // A rotation by no angle: layers without one take the same way as all others.
    private static float[] Identity(int half, int positions)
    {
        var rows = new float[positions * 2 * half];
        for (int p = 0; p < positions; p++) rows.AsSpan(p * 2 * half, half).Fill(1);
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

    private static void Yarn(float[] inverse, int width, RopeSettings rope, int original)
    {
        RopeScaling scaling = rope.Scaling;
        double low = Dimension(scaling.BetaFast), high = Dimension(scaling.BetaSlow);
        if (scaling.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, width - 1);
        if (low == high) high += 0.001;
        for (int i = 0; i < inverse.Length; i++)
        {
            double kept = 1 - Math.Clamp((i - low) / (high - low), 0, 1);
            inverse[i] = (float)(inverse[i] / scaling.Factor * (1 - kept) + inverse[i] * kept);
        }

        // The dimension whose frequency makes this many rotations over the original context.
        double Dimension(double rotations) => width * Math.Log(original / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
    }

    private static double YarnFactor(RopeScaling scaling)
    {
        if (scaling.AttentionFactor is { } given) return given;
        return scaling is { MScale: > 0 and var numerator, MScaleAllDimensions: > 0 and var denominator } ? Scale(numerator) / Scale(denominator) : Scale(1);

        double Scale(double weight) => scaling.Factor <= 1 ? 1 : 0.1 * weight * Math.Log(scaling.Factor) + 1;
    }

    private static double LongRopeFactor(RopeScaling scaling, int original)
        => scaling.AttentionFactor ?? (scaling.Factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(scaling.Factor) / Math.Log(original)));
}
