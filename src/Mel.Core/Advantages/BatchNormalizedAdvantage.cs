using Mel.Rewards;
using Mel.Runtime;

namespace Mel.Advantages;

/// <summary>
/// REINFORCE++: the reward-to-go of each token, whitened over all tokens of the batch, so that a long response weighs more than a short one. With
/// <see cref="BatchNormalizedAdvantageOptions.GroupBaseline"/> the mean reward of the group is subtracted first (REINFORCE++-baseline).
/// </summary>
public sealed class BatchNormalizedAdvantage : IAdvantageEstimator
{
    private readonly BatchNormalizedAdvantageOptions _options;
    private readonly TokenDivergence? _divergence;

    /// <summary>Creates the estimator.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <param name="divergence">Where the penalty's divergences come from; needed when <see cref="BatchNormalizedAdvantageOptions.KlCoefficient"/> is not 0.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="ArgumentNullException">A penalty is asked for without divergences.</exception>
    public BatchNormalizedAdvantage(BatchNormalizedAdvantageOptions? options = null, TokenDivergence? divergence = null)
    {
        _options = OptionRules.Checked(options, new BatchNormalizedAdvantageOptionsValidator());
        if (_options.KlCoefficient != 0) ArgumentNullException.ThrowIfNull(divergence);
        _divergence = divergence;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        double[]?[][] returns = [.. groups.Select(ReturnsOf)];
        TokenWhitening whitening = TokenWhitening.Of([.. returns.SelectMany(group => group).OfType<double[]>().SelectMany(tokens => tokens)], _options.Whitening);
        return [.. returns.Select(group => group.Select(tokens => tokens is null ? Advantage.Excluded : Whitened(tokens, whitening)).ToArray())];
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
            ReadOnlyMemory<double> penalty = _options.KlCoefficient == 0 ? default : _divergence!(group, i);
            double[] rewards = TokenReturns.OutcomeReward(outcome, group.Trajectories[i].TokenIds.Length, penalty.Span, _options.KlCoefficient);
            returns[i] = TokenReturns.Accumulate(rewards, default, _options.Discount);
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
