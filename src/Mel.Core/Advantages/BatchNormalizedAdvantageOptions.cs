namespace Mel.Advantages;

/// <summary>Settings of <see cref="BatchNormalizedAdvantage"/>.</summary>
public sealed class BatchNormalizedAdvantageOptions
{
    /// <summary>Whether the mean reward of the group is subtracted first (REINFORCE++-baseline).</summary>
    /// <value>The default is <see langword="false"/> (REINFORCE++).</value>
    public bool GroupBaseline { get; set; }

    /// <summary>How the standard deviation over all tokens of the batch is computed.</summary>
    /// <value>The default is <see cref="WhiteningConvention.Unbiased"/> (verl).</value>
    public WhiteningConvention Whitening { get; set; } = WhiteningConvention.Unbiased;

    /// <summary>gamma: how much of a later token's reward an earlier one is credited with; unitless, in [0, 1].</summary>
    /// <value>The default is 1.</value>
    public double Discount { get; set; } = 1;

    /// <summary>beta: what a nat of divergence from the reference costs at each token; needs a <see cref="TokenDivergence"/>.</summary>
    /// <value>The default is 0: no penalty. OpenRLHF uses 0.01.</value>
    public double KlCoefficient { get; set; }

    /// <summary>Bound of the outcome reward, after the baseline; in units of the reward.</summary>
    /// <value>The default is <see langword="null"/>: none. OpenRLHF uses 10.</value>
    public double? RewardClip { get; set; }

    /// <summary>With <see cref="GroupBaseline"/>: whether the one judged trajectory of a group keeps its reward, as in verl.</summary>
    /// <value>The default is <see langword="false"/>: it gets 0.</value>
    public bool KeepSingletonReward { get; set; }
}
