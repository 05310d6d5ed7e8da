using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>
/// RLOO: A_i = r_i - mean of the other rewards of the group = (r_i - mean) G / (G - 1); an unbiased baseline, no scale. A lone trajectory has no other and gets 0,
/// unless <paramref name="keepSingletonReward"/> asks for verl's convention.
/// </summary>
/// <param name="keepSingletonReward">Whether the one judged trajectory of a group keeps its reward as advantage.</param>
public sealed class LeaveOneOutAdvantage(bool keepSingletonReward = false) : IAdvantageEstimator
{
    /// <inheritdoc/>
    public int MinimumGroupSize => keepSingletonReward ? 1 : 2;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return [.. groups.Select(group => OfGroup(group.Rewards))];
    }

    private Advantage[] OfGroup(IReadOnlyList<double> rewards)
    {
        RewardStatistics group = RewardStatistics.Of(rewards);
        if (group.Count == 1 && keepSingletonReward) return PerTrajectory.Map(rewards, r => r);
        if (group.AllEqual) return PerTrajectory.Map(rewards, _ => 0);
        double correction = group.Count / (group.Count - 1.0);
        return PerTrajectory.Map(rewards, r => (r - group.Mean) * correction);
    }
}
