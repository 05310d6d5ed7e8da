using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>
/// Puts a divergence penalty into the reward of any estimator that gives one advantage per trajectory (OpenRLHF's <c>rloo</c>, <c>group_norm</c> and
/// <c>dr_grpo</c> with KL): A_t = A - beta sum of the divergences from token t on.
/// </summary>
public sealed class KlPenalizedAdvantage : DelegatingAdvantageEstimator
{
    private readonly TokenDivergence _divergence;
    private readonly double _coefficient;

    /// <summary>Wraps an estimator.</summary>
    /// <param name="inner">Gives one advantage per trajectory.</param>
    /// <param name="divergence">Divergence of each token, nats; k1 is the estimator that belongs here.</param>
    /// <param name="coefficient">beta, at least 0.</param>
    public KlPenalizedAdvantage(IAdvantageEstimator inner, TokenDivergence divergence, double coefficient)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(divergence);
        if (!(coefficient >= 0 && double.IsFinite(coefficient)))
            throw new ArgumentOutOfRangeException(nameof(coefficient), coefficient, "The coefficient must be a finite number of at least 0: a negative penalty rewards drifting away.");
        _divergence = divergence;
        _coefficient = coefficient;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = base.Estimate(groups);
        if (_coefficient == 0) return advantages;
        return [.. groups.Select((group, g) => advantages[g].Select((advantage, i) => Penalized(group, i, advantage)).ToArray())];
    }

    private Advantage Penalized(RolloutGroup group, int trajectory, Advantage advantage)
    {
        int length = group.Trajectories[trajectory].TokenIds.Length;
        if (!advantage.Trains || length == 0) return advantage;
        if (advantage.IsPerToken) throw new InvalidOperationException($"{Inner.GetType().Name} gives advantages per token; a penalty in the reward goes below an estimator that gives one per trajectory.");
        double[] rewards = TokenReturns.OutcomeReward(advantage[0], length, _divergence(group, trajectory).Span, _coefficient);
        return Advantage.OfTokens(TokenReturns.Accumulate(rewards, default));
    }
}
