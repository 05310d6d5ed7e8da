namespace Mel.Advantages;

/// <summary>The rule all estimators share: a trajectory that could not be judged does not train.</summary>
internal static class PerTrajectory
{
    public static Advantage[] Map(IReadOnlyList<double> rewards, Func<double, double> advantage)
        => [.. rewards.Select(r => double.IsNaN(r) ? Advantage.Excluded : Advantage.OfTrajectory(advantage(r)))];
}
