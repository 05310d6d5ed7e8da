using Mel.Advantages;
using Mel.Runtime;

namespace Mel.Objectives;

/// <summary>Base class for adding a term or a behavior to any objective by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The objective that does the work.</param>
public class DelegatingObjective(IObjective inner) : IObjective, IRunPart
{
    /// <summary>The wrapped objective.</summary>
    protected IObjective Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual RolloutNeeds Needs => Inner.Needs;

    /// <inheritdoc/>
    public virtual IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => Inner.Terms(batch);

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("inner", Inner);
    }
}
