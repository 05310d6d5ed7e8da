namespace Mel.Transformers.Models;

/// <summary>Parameters of the rotary embedding's stretching; which of them matter depends on <see cref="Type"/>.</summary>
public sealed record RopeScaling
{
    /// <summary>The scheme.</summary>
    public RopeType Type { get; init; }

    /// <summary>Ratio of the stretched context to the original one, at least 1.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Context of pre-training in tokens; 0 stands for the context of the model.</summary>
    public int OriginalContextTokens { get; init; }

    /// <summary>Llama 3: wavelengths above original / this are divided by the factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original / this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations over the original context above which a dimension is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations over the original context below which a dimension is divided by the factor.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: factor on cosine and sine; null derives it from the factor (0.1 ln(factor) + 1).</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN, DeepSeek form: numerator of the derived factor on cosine and sine.</summary>
    public double? MScale { get; init; }

    /// <summary>YaRN, DeepSeek form: denominator of the derived factor on cosine and sine.</summary>
    public double? MScaleAllDimensions { get; init; }

    /// <summary>YaRN: whether the bounds of the ramp are rounded outward to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;
}
