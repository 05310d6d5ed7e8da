namespace Mel.Rewards;

/// <summary>Decides which groups train. The trainer samples new groups for dropped ones while refills last, and reports how many were dropped.</summary>
public interface IGroupFilter
{
    /// <summary>The smallest number of trajectories per prompt this filter can compare. The construction of a trainer with smaller groups fails.</summary>
    /// <value>1, unless an implementation says otherwise.</value>
    int MinimumGroupSize => 1;

    /// <summary>Whether the group trains.</summary>
    /// <param name="group">
    /// A group with the rewards of its judgements, as the verifier gave them. No shaper has changed them yet: a group that is all wrong stays so, whatever its
    /// lengths.
    /// </param>
    bool Keep(RolloutGroup group);
}

/// <summary>
/// DAPO's dynamic sampling: drops groups whose rewards are all equal, for they have no advantage and only thin out the batch. Rewards are compared, not
/// subtracted, so constant rewards that floating-point numbers cannot represent are recognized too.
/// </summary>
public sealed class DynamicSampling : IGroupFilter
{
    /// <inheritdoc/>
    public int MinimumGroupSize => 2;

    /// <inheritdoc/>
    public bool Keep(RolloutGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return !RewardStatistics.Of(group.Rewards).AllEqual;
    }
}
