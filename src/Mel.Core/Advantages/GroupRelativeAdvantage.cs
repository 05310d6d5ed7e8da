using Mel.Rewards;
using Mel.Runtime;

namespace Mel.Advantages;

/// <summary>
/// A_i = (r_i - mean r) / (std r + epsilon) over the trajectories of the same prompt (GRPO, the advantage of Eq. 10), or without the division (Dr.GRPO). A group
/// whose rewards are all equal has advantages of exactly 0, whatever the number: no rounding residue is divided by epsilon.
/// </summary>
public sealed class GroupRelativeAdvantage : IAdvantageEstimator
{
    private readonly GroupRelativeAdvantageOptions _options;

    /// <summary>Creates the estimator.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public GroupRelativeAdvantage(GroupRelativeAdvantageOptions? options = null)
        => _options = OptionRules.Checked(options, new GroupRelativeAdvantageOptionsValidator());

    /// <inheritdoc/>
    public int MinimumGroupSize => _options.KeepSingletonReward ? 1 : 2;

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        double batchDeviation = _options.Scale == AdvantageScale.Batch
            ? RewardStatistics.Of(groups.SelectMany(g => g.Rewards)).StandardDeviation(_options.DegreesOfFreedom)
            : double.NaN;
        return [.. groups.Select(group => OfGroup(group.Rewards, batchDeviation))];
    }

    private Advantage[] OfGroup(IReadOnlyList<double> rewards, double batchDeviation)
    {
        RewardStatistics group = RewardStatistics.Of(rewards);
        if (group.Count == 1 && _options.KeepSingletonReward) return PerTrajectory.Map(rewards, r => r);
        if (group.AllEqual) return PerTrajectory.Map(rewards, _ => 0);
        double scale = _options.Scale switch
        {
            AdvantageScale.Group => group.StandardDeviation(_options.DegreesOfFreedom) + _options.Epsilon,
            AdvantageScale.Batch => batchDeviation + _options.Epsilon,
            _ => 1,
        };
        return PerTrajectory.Map(rewards, r => (r - group.Mean) / scale);
    }
}
