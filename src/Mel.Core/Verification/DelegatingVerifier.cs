using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Verification;

/// <summary>Base class for adding behaviour to any verifier by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The verifier that does the work.</param>
public class DelegatingVerifier(IVerifier inner) : IVerifier
{
    /// <summary>The wrapped verifier.</summary>
    protected IVerifier Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual ValueTask<Verdict> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        => Inner.VerifyAsync(prompt, trajectory, cancellationToken);
}
