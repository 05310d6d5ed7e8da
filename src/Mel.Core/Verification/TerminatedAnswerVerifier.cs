using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Verification;

/// <summary>
/// Demands that a trajectory ended by itself. A verifier that accepts answers without an end lets the policy drift until it never stops. No attempt can then be
/// compared with another, and the meta-experience loop stops learning without a word.
/// </summary>
/// <param name="inner">Judges the trajectories that ended with a stop token.</param>
public sealed class TerminatedAnswerVerifier(IVerifier inner) : DelegatingVerifier(inner)
{
    /// <summary>The judgement of a trajectory that was cut off.</summary>
    internal static Judgement CutOff => new(Verdict.Incorrect, reason: "the response did not end by itself");

    /// <inheritdoc/>
    public override ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        return trajectory.FinishReason == FinishReason.Stop
            ? Inner.VerifyAsync(prompt, trajectory, cancellationToken)
            : ValueTask.FromResult(CutOff);
    }
}
