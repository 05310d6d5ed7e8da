namespace Mel.Rewards;

/// <summary>
/// Changes the rewards of groups before advantages are estimated. Filters and selections by verdict do not see the change. Implementations are called from
/// one thread and hold no state between calls.
/// </summary>
public interface IRewardShaper
{
    /// <summary>Returns the group with other rewards. A reward of NaN (not judged) stays NaN.</summary>
    /// <param name="group">A verified group.</param>
    RolloutGroup Shape(RolloutGroup group);
}
