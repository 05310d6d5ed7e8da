namespace Mel.Rewards;

/// <summary>
/// DAPO's dynamic sampling: drops groups whose rewards are all equal, for they have no advantage and only thin out the batch. Rewards are compared, not
/// subtracted, so constant rewards that float numbers cannot represent are recognized too.
/// </summary>
public sealed class DynamicSampling : IGroupFilter
{
    /// <inheritdoc/>
    public bool Keep(RolloutGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return !RewardStatistics.Of(group.Rewards).AllEqual;
    }
}
