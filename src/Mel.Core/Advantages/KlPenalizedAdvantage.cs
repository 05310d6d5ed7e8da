using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Advantages;

/// <summary>
/// Puts a divergence penalty into the reward of any estimator that gives one advantage per trajectory (OpenRLHF's <c>rloo</c>, <c>group_norm</c> and
/// <c>dr_grpo</c> with KL): A_t = A - beta sum of the divergences from token t on.
/// </summary>
public sealed class KlPenalizedAdvantage : DelegatingAdvantageEstimator
{
    private readonly TokenDivergence? _divergence;
    private readonly double _coefficient;

    /// <summary>Wraps an estimator.</summary>
    /// <param name="inner">Gives one advantage per trajectory.</param>
    /// <param name="coefficient">beta, at least 0.</param>
    /// <param name="divergence">Divergence of each token, nats; null takes k1 of the reference log-probabilities, the estimator that belongs here.</param>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is negative or not finite.</exception>
    public KlPenalizedAdvantage(IAdvantageEstimator inner, double coefficient, TokenDivergence? divergence = null)
        : base(inner)
    {
        if (!(coefficient >= 0 && double.IsFinite(coefficient)))
            throw new ArgumentOutOfRangeException(
                nameof(coefficient), coefficient, "The coefficient must be a finite number of at least 0: a negative penalty rewards drifting away.");
        _divergence = divergence;
        _coefficient = coefficient;
    }

    /// <inheritdoc/>
    public override RolloutNeeds Needs => base.Needs | (_coefficient != 0 && _divergence is null ? RolloutNeeds.ReferenceLogProbs : RolloutNeeds.None);

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = await base.EstimateAsync(rollouts, cancellationToken).ConfigureAwait(false);
        if (_coefficient == 0) return advantages;
        return [.. rollouts.Groups.Select((group, g) => advantages[g].Select((advantage, i) => Penalized(group, i, advantage)).ToArray())];
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("coefficient", _coefficient);
    }

    private Advantage Penalized(RolloutGroup group, int index, Advantage advantage)
    {
        Trajectory trajectory = group.Trajectories[index];
        int length = trajectory.TokenIds.Length;
        if (!advantage.Trains || length == 0) return advantage;
        if (advantage.IsPerToken)
            throw new InvalidOperationException(
                $"{Inner.GetType().Name} gives advantages per token; a penalty in the reward goes below an estimator that gives one per trajectory.");
        double[] rewards = TokenReturns.OutcomeReward(
            advantage[0], length, (_divergence ?? TokenDivergences.K1)(group, index).Span, _coefficient, trajectory.Mask.Span);
        return Advantage.OfTokens(TokenReturns.Accumulate(rewards, trajectory.Mask.Span));
    }
}

/// <summary>The divergence from the reference policy at each token of a trajectory, for a penalty in the reward.</summary>
/// <param name="group">The group the trajectory belongs to.</param>
/// <param name="trajectory">Its index in the group.</param>
/// <returns>One value per token, nats.</returns>
public delegate ReadOnlyMemory<double> TokenDivergence(RolloutGroup group, int trajectory);

internal static class TokenDivergences
{
    /// <summary>Nats. A token that the reference all but excludes costs no more than this; a divergence in the loss has the same bound.</summary>
    private const double Most = 20;

    /// <summary>k1 = log pi_old - log pi_ref: unbiased, and in the reward its gradient is that of the divergence.</summary>
    public static ReadOnlyMemory<double> K1(RolloutGroup group, int index)
    {
        Trajectory trajectory = group.Trajectories[index];
        ReadOnlySpan<float> old = trajectory.OldLogProbs.Span, reference = trajectory.ReferenceLogProbs.Span;
        if (old.Length != reference.Length)
        {
            throw new InvalidOperationException(
                $"A trajectory of {old.Length} tokens has {reference.Length} reference log-probabilities; a divergence needs one per token. "
                + "Give the trainer a reference policy.");
        }
        double[] values = new double[old.Length];
        for (int t = 0; t < values.Length; t++) values[t] = Math.Clamp((double)old[t] - reference[t], -Most, Most);
        return values;
    }
}
