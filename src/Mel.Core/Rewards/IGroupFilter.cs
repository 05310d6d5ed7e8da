namespace Mel.Rewards;

/// <summary>Decides which groups train. What is dropped is sampled anew, or leaves the batch smaller; the trainer reports how many.</summary>
public interface IGroupFilter
{
    /// <summary>Whether the group trains.</summary>
    /// <param name="group">A verified and shaped group.</param>
    bool Keep(RolloutGroup group);
}
