using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Verification;

/// <summary>Base class for adding behavior to any verifier by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The verifier that does the work.</param>
public class DelegatingVerifier(IVerifier inner) : IVerifier, IRunPart
{
    /// <summary>The wrapped verifier.</summary>
    protected IVerifier Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        => Inner.VerifyAsync(prompt, trajectory, cancellationToken);

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("inner", Inner);
    }
}
