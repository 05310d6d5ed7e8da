namespace Mel.Rollouts;

/// <summary>How tokens are drawn. The transforms apply in the order of Hugging Face: temperature, top-k, top-p, min-p.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 means greedy decoding.</summary>
    /// <value>The default is 1, the temperature of the paper's rollouts.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Keeps the k most probable tokens; 0 keeps all.</summary>
    /// <value>The default is 0.</value>
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most probable tokens whose probability reaches this sum, in (0, 1].</summary>
    /// <value>The default is 1, which keeps all.</value>
    public double TopP { get; init; } = 1.0;

    /// <summary>Drops tokens less probable than this share of the most probable one, in [0, 1).</summary>
    /// <value>The default is 0, which drops none.</value>
    public double MinP { get; init; }

    /// <summary>Largest number of sampled tokens per trajectory, the stop token included.</summary>
    /// <value>The default is 1024.</value>
    public int MaxTokens { get; init; } = 1024;
}
