namespace Mel.Transformers.Models;

/// <summary>Parameters of the rotary embedding's stretching; which of them matter depends on <see cref="Type"/>.</summary>
public sealed record RopeScaling
{
    /// <summary>The scheme.</summary>
    /// <value>The default is no stretching.</value>
    public RopeType Type { get; init; }

    /// <summary>Ratio of the stretched context to the original one, at least 1.</summary>
    /// <value>The default is 1.</value>
    public double Factor { get; init; } = 1;

    /// <summary>Context of pre-training in tokens; 0 stands for the context of the model.</summary>
    /// <value>The default is 0.</value>
    public int OriginalContextTokens { get; init; }

    /// <summary>Llama 3: wavelengths above original / this are divided by the factor.</summary>
    /// <value>The default is 1.</value>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original / this are kept.</summary>
    /// <value>The default is 4.</value>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations over the original context above which a dimension is kept.</summary>
    /// <value>The default is 32.</value>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations over the original context below which a dimension is divided by the factor.</summary>
    /// <value>The default is 1.</value>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN and LongRoPE: factor on cosine and sine; null derives it from the factor, for YaRN as 0.1 ln(factor) + 1.</summary>
    /// <value>The default is null.</value>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN, DeepSeek form: numerator of the derived factor on cosine and sine.</summary>
    /// <value>The default is null.</value>
    public double? MScale { get; init; }

    /// <summary>YaRN, DeepSeek form: denominator of the derived factor on cosine and sine.</summary>
    /// <value>The default is null.</value>
    public double? MScaleAllDimensions { get; init; }

    /// <summary>YaRN: whether the bounds of the ramp are rounded outward to whole dimensions.</summary>
    /// <value>The default is true.</value>
    public bool Truncate { get; init; } = true;

    /// <summary>LongRoPE: divisor of every frequency within the original context.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>LongRoPE: divisor of every frequency beyond the original context, which this library does not go to.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<double> LongFactors { get; init; } = [];
}

/// <summary>How the frequencies of the rotary position embedding are stretched for contexts longer than those of pre-training.</summary>
public enum RopeType
{
    /// <summary>No stretching.</summary>
    Default,

    /// <summary>All frequencies divided by the factor.</summary>
    Linear,

    /// <summary>Llama 3: low frequencies divided by the factor, high ones kept, a smooth passage between.</summary>
    Llama3,

    /// <summary>YaRN: as above with a linear ramp over the dimensions, and a factor on cosine and sine.</summary>
    Yarn,

    /// <summary>LongRoPE, as Phi-3 has it: a divisor for each frequency. A model reads as many tokens as its original context has.</summary>
    LongRope,
}
