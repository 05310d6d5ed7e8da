using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>
/// Rejection-sampling fine-tuning (RFT): trajectories with reward 1 train with advantage 1, all others leave the batch, so that the policy-gradient loss
/// -A log pi becomes the likelihood of the correct responses.
/// </summary>
public sealed class CorrectOnlySelection : IAdvantageEstimator
{
    private readonly bool _deduplicate;
    private readonly int _maxPerGroup;

    /// <summary>Creates the selection.</summary>
    /// <param name="deduplicate">Whether responses of the same tokens count once per group.</param>
    /// <param name="maxPerGroup">Largest number of responses kept per group, the first ones sampled; 0 keeps all.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPerGroup"/> is negative.</exception>
    public CorrectOnlySelection(bool deduplicate = false, int maxPerGroup = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxPerGroup);
        _deduplicate = deduplicate;
        _maxPerGroup = maxPerGroup;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return [.. groups.Select(OfGroup)];
    }

    private Advantage[] OfGroup(RolloutGroup group)
    {
        var advantages = new Advantage[group.Rewards.Count];
        var kept = new List<int>();
        for (int i = 0; i < advantages.Length; i++)
        {
            if (group.Rewards[i] != 1.0) continue;
            if (_maxPerGroup > 0 && kept.Count == _maxPerGroup) break;
            if (_deduplicate && kept.Exists(k => group.Trajectories[k].TokenIds.Span.SequenceEqual(group.Trajectories[i].TokenIds.Span))) continue;
            kept.Add(i);
            advantages[i] = Advantage.OfTrajectory(1);
        }
        return advantages;
    }
}
