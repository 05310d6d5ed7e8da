namespace Mel.Rewards;

/// <summary>Decides which groups train. The trainer samples new groups for dropped ones while refills last, and reports how many were dropped.</summary>
public interface IGroupFilter
{
    /// <summary>Whether the group trains.</summary>
    /// <param name="group">A verified and shaped group.</param>
    bool Keep(RolloutGroup group);
}

/// <summary>
/// DAPO's dynamic sampling: drops groups whose rewards are all equal, for they have no advantage and only thin out the batch. Rewards are compared, not
/// subtracted, so constant rewards that floating-point numbers cannot represent are recognized too.
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
