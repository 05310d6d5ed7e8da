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
    public override async ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = await base.EstimateAsync(rollouts, cancellationToken).ConfigureAwait(false);
        return [.. rollouts.Groups.Select((group, g) => advantages[g].Select((a, i) => IsCutOff(group, i) ? Advantage.Excluded : a).ToArray())];
    }

    private static bool IsCutOff(RolloutGroup group, int index) => group.Trajectories[index].FinishReason == FinishReason.Length;
}
