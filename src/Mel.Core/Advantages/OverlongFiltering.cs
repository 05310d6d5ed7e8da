using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Advantages;

/// <summary>
/// Overlong filtering (DAPO; TRL <c>mask_truncated_completions</c>): a trajectory that was cut off still counts in its group's statistics but does not train,
/// in the numerator and in every denominator.
/// </summary>
/// <param name="inner">The estimator that does the work.</param>
public sealed class OverlongFiltering(IAdvantageEstimator inner) : DelegatingAdvantageEstimator(inner)
{
    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = base.Estimate(groups);
        return [.. groups.Select((group, g) => advantages[g].Select((a, i) => group.Trajectories[i].FinishReason == FinishReason.Length ? Advantage.Excluded : a).ToArray())];
    }
}
