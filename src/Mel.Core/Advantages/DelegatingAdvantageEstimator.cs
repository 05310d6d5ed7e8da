using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Base class for adding behaviour to any estimator by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The estimator that does the work.</param>
public class DelegatingAdvantageEstimator(IAdvantageEstimator inner) : IAdvantageEstimator
{
    /// <summary>The wrapped estimator.</summary>
    protected IAdvantageEstimator Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual int MinimumGroupSize => Inner.MinimumGroupSize;

    /// <inheritdoc/>
    public virtual IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups) => Inner.Estimate(groups);
}
