namespace Mel.Losses;

/// <summary>What one importance ratio speaks for.</summary>
public enum RatioLevel
{
    /// <summary>Every token has the ratio of its own probabilities (PPO, GRPO).</summary>
    Token,

    /// <summary>All tokens of a trajectory share one ratio; see the function for whether log-ratios are averaged (GSPO) or summed.</summary>
    Sequence,
}
