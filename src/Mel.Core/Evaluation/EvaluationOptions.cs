namespace Mel.Evaluation;

/// <summary>How a sampler is evaluated; the defaults are the paper's.</summary>
public sealed record EvaluationOptions
{
    /// <summary>k: attempts per question for Avg@k and Pass@k; 0 leaves both out.</summary>
    /// <value>The default is 8.</value>
    public int Samples { get; init; } = 8;

    /// <summary>Temperature of those attempts.</summary>
    /// <value>The default is 0.6.</value>
    public double Temperature { get; init; } = 0.6;

    /// <summary>Largest number of tokens per attempt.</summary>
    /// <value>The default is 1024.</value>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Seed of the attempts.</summary>
    /// <value>The default is 0.</value>
    public ulong Seed { get; init; }
}
