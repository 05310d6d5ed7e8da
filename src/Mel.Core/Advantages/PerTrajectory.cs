using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>What the estimators of one advantage per trajectory have in common.</summary>
internal static class PerTrajectory
{
    /// <summary>One advantage per reward. A trajectory that could not be judged (its reward is NaN) does not train.</summary>
    public static Advantage[] Map(IReadOnlyList<double> rewards, Func<double, double> advantage)
        => [.. rewards.Select(r => double.IsNaN(r) ? Advantage.Excluded : Advantage.OfTrajectory(advantage(r)))];

    /// <summary>An estimate that looks at each group by itself and waits for nothing.</summary>
    public static ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> OfGroups(RolloutBatch rollouts, Func<RolloutGroup, Advantage[]> ofGroup)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        return ValueTask.FromResult<IReadOnlyList<IReadOnlyList<Advantage>>>([.. rollouts.Groups.Select(ofGroup)]);
    }
}
