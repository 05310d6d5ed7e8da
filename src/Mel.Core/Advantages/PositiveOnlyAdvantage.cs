namespace Mel.Advantages;

/// <summary>
/// Learns from what was better than expected and from nothing else: an advantage below 0 becomes 0. The trajectory still counts in every denominator, and is
/// not scored where no term but the policy loss asks for it, so that an update is cheaper.
/// </summary>
/// <param name="inner">The estimator that does the work.</param>
public sealed class PositiveOnlyAdvantage(IAdvantageEstimator inner) : DelegatingAdvantageEstimator(inner)
{
    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = await base.EstimateAsync(rollouts, cancellationToken).ConfigureAwait(false);
        AdvantageContract.Require("The inner estimator", rollouts.Groups, advantages);
        return
        [
            .. rollouts.Groups.Select((group, g) => (IReadOnlyList<Advantage>)
                [.. advantages[g].Select((a, i) => Positive(a, group.Trajectories[i].TokenIds.Length))]),
        ];
    }

    private static Advantage Positive(Advantage advantage, int tokens)
    {
        if (!advantage.Trains) return advantage;
        if (!advantage.IsPerToken) return Advantage.OfTrajectory(Math.Max(advantage[0], 0));
        double[] values = new double[tokens];
        for (int t = 0; t < tokens; t++) values[t] = Math.Max(advantage[t], 0);
        return Advantage.OfTokens(values);
    }
}
