using Mel.Losses;

namespace Mel.Objectives;

/// <summary>The clipped surrogate of PPO, as GRPO, DAPO, GSPO and REINFORCE++ use it.</summary>
public sealed class ClippedSurrogateOptions : PolicyObjectiveOptions
{
    /// <summary>epsilon below 1: the ratio is clipped at 1 - this.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipRangeLow { get; set; } = 0.2;

    /// <summary>epsilon above 1: the ratio is clipped at 1 + this. DAPO's "clip higher" is 0.28.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipRangeHigh { get; set; } = 0.2;

    /// <summary>c, above 1: bounds the loss of tokens with a negative advantage at -c A.</summary>
    /// <value>The default is null, no bound, as in Eq. 10.</value>
    public double? DualClip { get; set; }

    /// <summary>Whether the ratio is one per token, or one per trajectory as in GSPO.</summary>
    /// <value>The default is <see cref="RatioLevel.Token"/>.</value>
    public RatioLevel RatioLevel { get; set; } = RatioLevel.Token;

    /// <summary>Upper bound of the ratio in the unclipped branch (INTELLECT-2).</summary>
    /// <value>The default is null, no bound.</value>
    public double? Delta { get; set; }
}
