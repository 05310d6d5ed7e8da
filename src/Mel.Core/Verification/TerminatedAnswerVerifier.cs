using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Verification;

/// <summary>
/// Demands that a trajectory ended by itself. A verifier that accepts unterminated answers lets the policy drift until it never stops: then no attempt is
/// comparable any more and the meta-experience loop switches itself off in silence.
/// </summary>
/// <param name="inner">Judges the trajectories that ended with a stop token.</param>
public sealed class TerminatedAnswerVerifier(IVerifier inner) : DelegatingVerifier(inner)
{
    /// <inheritdoc/>
    public override ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        return trajectory.FinishReason == FinishReason.Stop
            ? Inner.VerifyAsync(prompt, trajectory, cancellationToken)
            : ValueTask.FromResult(new Judgement(Verdict.Incorrect, reason: "the response did not end by itself"));
    }
}
