using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>
/// REINFORCE++: the reward-to-go of each token, whitened over all tokens of the batch, so that a long response weighs more than a short one. With
/// <see cref="BatchNormalizedAdvantageOptions.GroupBaseline"/> the mean reward of the group is subtracted first (REINFORCE++-baseline).
/// </summary>
public sealed class BatchNormalizedAdvantage : IAdvantageEstimator, IRunPart
{
    private readonly BatchNormalizedAdvantageOptions _options;
    private readonly TokenDivergence? _divergence;

    /// <summary>Creates the estimator.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <param name="divergence">Divergence of each token for the penalty; null takes k1 of the reference log-probabilities.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public BatchNormalizedAdvantage(BatchNormalizedAdvantageOptions? options = null, TokenDivergence? divergence = null)
    {
        _options = OptionRules.Checked(options, new BatchNormalizedAdvantageOptionsValidator());
        _divergence = divergence;
    }

    /// <inheritdoc/>
    public RolloutNeeds Needs => _options.KlCoefficient != 0 && _divergence is null ? RolloutNeeds.ReferenceLogProbs : RolloutNeeds.None;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        double[]?[][] returns = [.. rollouts.Groups.Select(ReturnsOf)];
        IEnumerable<double> trained = rollouts.Groups.SelectMany(
            (group, g) => group.Trajectories.SelectMany((t, i) => (returns[g][i] ?? []).Where((_, token) => t.Trains(token))));
        TokenWhitening whitening = TokenWhitening.Of([.. trained], _options.Whitening);
        return ValueTask.FromResult<IReadOnlyList<IReadOnlyList<Advantage>>>(
            [.. returns.Select(group => group.Select(tokens => tokens is null ? Advantage.Excluded : Whitened(tokens, whitening)).ToArray())]);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    /// <summary>Per trajectory the return of each token, or null where no judgement was possible.</summary>
    private double[]?[] ReturnsOf(RolloutGroup group)
    {
        RewardStatistics statistics = RewardStatistics.Of(group.Rewards);
        double baseline = _options.GroupBaseline && !(statistics.Count == 1 && _options.KeepSingletonReward) ? statistics.Mean : 0;
        var returns = new double[]?[group.Rewards.Count];
        for (int i = 0; i < returns.Length; i++)
        {
            double outcome = group.Rewards[i] - baseline;
            if (double.IsNaN(outcome)) continue;
            if (_options.RewardClip is { } clip) outcome = Math.Clamp(outcome, -clip, clip);
            Trajectory trajectory = group.Trajectories[i];
            ReadOnlyMemory<double> penalty = _options.KlCoefficient == 0 ? default : (_divergence ?? TokenDivergences.K1)(group, i);
            double[] rewards = TokenReturns.OutcomeReward(outcome, trajectory.TokenIds.Length, penalty.Span, _options.KlCoefficient, trajectory.Mask.Span);
            returns[i] = TokenReturns.Accumulate(rewards, trajectory.Mask.Span, _options.Discount);
        }
        return returns;
    }

    private static Advantage Whitened(double[] tokens, TokenWhitening whitening)
    {
        if (tokens.Length == 0) return Advantage.OfTrajectory(0);
        if (tokens.AsSpan().IndexOfAnyExcept(tokens[0]) < 0) return Advantage.OfTrajectory(whitening.Apply(tokens[0]));
        return Advantage.OfTokens(Array.ConvertAll(tokens, whitening.Apply));
    }
}

/// <summary>Settings of <see cref="BatchNormalizedAdvantage"/>.</summary>
public sealed class BatchNormalizedAdvantageOptions
{
    /// <summary>Whether the mean reward of the group is subtracted first (REINFORCE++-baseline).</summary>
    /// <value>The default is false (REINFORCE++).</value>
    public bool GroupBaseline { get; set; }

    /// <summary>How the standard deviation over all tokens of the batch is computed.</summary>
    /// <value>The default is <see cref="WhiteningConvention.Unbiased"/> (verl).</value>
    public WhiteningConvention Whitening { get; set; } = WhiteningConvention.Unbiased;

    /// <summary>gamma: how much of a later token's reward an earlier one is credited with; unitless, in [0, 1].</summary>
    /// <value>The default is 1.</value>
    public double Discount { get; set; } = 1;

    /// <summary>
    /// beta: what a nat of divergence from the reference costs at each token; needs the reference policy, or a <see cref="TokenDivergence"/> of one's own.
    /// </summary>
    /// <value>The default is 0: no penalty. OpenRLHF uses 0.01.</value>
    public double KlCoefficient { get; set; }

    /// <summary>Bound of the outcome reward, after the baseline; in units of the reward.</summary>
    /// <value>The default is null: none. OpenRLHF uses 10.</value>
    public double? RewardClip { get; set; }

    /// <summary>With <see cref="GroupBaseline"/>: whether the one judged trajectory of a group keeps its reward, as in verl.</summary>
    /// <value>The default is false: it gets 0.</value>
    public bool KeepSingletonReward { get; set; }
}

internal sealed class BatchNormalizedAdvantageOptionsValidator : IValidateOptions<BatchNormalizedAdvantageOptions>
{
    public ValidateOptionsResult Validate(string? name, BatchNormalizedAdvantageOptions options)
    {
        OptionRules rules = new();
        rules.Defined(options.Whitening, nameof(options.Whitening));
        rules.Within(options.Discount, 0, 1, nameof(options.Discount));
        rules.Within(options.KlCoefficient, 0, 1000, nameof(options.KlCoefficient));
        if (options.RewardClip is { } clip) rules.Above(clip, 0, nameof(options.RewardClip));
        rules.Require(
            options.GroupBaseline || !options.KeepSingletonReward, nameof(options.KeepSingletonReward),
            $"only means something together with {nameof(options.GroupBaseline)}");
        return rules.Result;
    }
}
