using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>Base class for adding behavior to any policy by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The policy that does the work.</param>
public class DelegatingPolicy(IPolicy inner) : DelegatingSampler(inner), IPolicy
{
    /// <summary>The wrapped policy.</summary>
    protected new IPolicy Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual IReadOnlyDictionary<string, Tensor> Parameters => Inner.Parameters;

    /// <inheritdoc/>
    public virtual TokenScores Score(TokenBatch batch) => Inner.Score(batch);

    /// <summary>Describes the wrapped policy as if it were this one. A policy that changes what is sampled or scored names its own settings as well.</summary>
    /// <param name="identity">Receives names and values.</param>
    public override void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.AddState("inner", Inner);
        if (Inner is IRunPart part) part.Describe(identity);
    }
}
