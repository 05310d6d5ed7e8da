using Mel.Runtime;

namespace Mel.Rewards;

/// <summary>
/// Keeps groups whose mean reward lies strictly between two bounds (OpenRLHF's dynamic filtering). With partial rewards a constant group passes; see
/// <see cref="DynamicSampling"/>.
/// </summary>
public sealed class MeanRewardRange : IGroupFilter, IRunPart
{
    private readonly double _low;
    private readonly double _high;

    /// <summary>Creates the filter.</summary>
    /// <param name="low">Lower bound, in units of the reward; excluded.</param>
    /// <param name="high">Upper bound; excluded.</param>
    /// <exception cref="ArgumentException">Nothing lies between the bounds.</exception>
    public MeanRewardRange(double low = 0, double high = 1)
    {
        if (!(low < high)) throw new ArgumentException($"The lower bound {low} must be below the upper bound {high}, or every group is dropped.", nameof(low));
        _low = low;
        _high = high;
    }

    /// <inheritdoc/>
    public int MinimumGroupSize => 2;

    /// <inheritdoc/>
    public bool Keep(RolloutGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        RewardStatistics statistics = RewardStatistics.Of(group.Rewards);
        return statistics.Count > 0 && statistics.Mean > _low && statistics.Mean < _high;
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set("low", _low);
        identity.Set("high", _high);
    }
}
