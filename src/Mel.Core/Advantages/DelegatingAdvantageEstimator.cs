using Mel.Runtime;

namespace Mel.Advantages;

/// <summary>Base class for adding behavior to any estimator by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The estimator that does the work.</param>
public class DelegatingAdvantageEstimator(IAdvantageEstimator inner) : IAdvantageEstimator, IRunPart
{
    /// <summary>The wrapped estimator.</summary>
    protected IAdvantageEstimator Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual int MinimumGroupSize => Inner.MinimumGroupSize;

    /// <inheritdoc/>
    public virtual RolloutNeeds Needs => Inner.Needs;

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        => Inner.EstimateAsync(rollouts, cancellationToken);

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("inner", Inner);
    }
}
