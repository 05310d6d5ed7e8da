using Mel.Losses;
namespace Mel.Head;

/// <summary>The parameters of <see cref="FusedPolicyLoss"/> that have a default.</summary>
public sealed record FusedPolicyLossSettings
{
    /// <summary>Divides the logits; the temperature the tokens were sampled with.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>c of the dual clip, above 1; null for none.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? DualClip { get; init; }

    /// <summary>Upper bound of the ratio in the unclipped branch; null for none.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? Delta { get; init; }

    /// <summary>Clamp of the log-ratio before exp; null for none.</summary>
    /// <value>The default is 20.</value>
    public double? MaxLogRatio { get; init; } = 20;

    /// <summary>beta: factor of the divergence from the reference.</summary>
    /// <value>The default is 0: no divergence term.</value>
    public double KlCoefficient { get; init; }

    /// <summary>Estimator of the divergence.</summary>
    /// <value>The default is <see cref="KlEstimator.K2"/>.</value>
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K2;

    /// <summary>Rows of logits held at a time; 0 chooses so that they take some 300 MB.</summary>
    /// <value>The default is 0.</value>
    public int ChunkRows { get; init; }
}
