using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>Base class for adding a term or a behaviour to any objective by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The objective that does the work.</param>
public class DelegatingObjective(IObjective inner) : IObjective
{
    /// <summary>The wrapped objective.</summary>
    protected IObjective Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch) => Inner.Evaluate(policy, batch);
}
