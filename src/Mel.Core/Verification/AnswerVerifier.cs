using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Verification;

/// <summary>Base class of verifiers that compare the text of a response with the reference answer.</summary>
public abstract class AnswerVerifier : IVerifier, IRunPart
{
    /// <summary>Creates the verifier.</summary>
    /// <param name="requireTermination">Whether a response that was cut off is incorrect whatever it says; see <see cref="TerminatedAnswerVerifier"/>.</param>
    protected AnswerVerifier(bool requireTermination = true) => RequireTermination = requireTermination;

    /// <summary>Whether a response that was cut off is incorrect whatever it says.</summary>
    public bool RequireTermination { get; }

    /// <inheritdoc/>
    public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectory);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(
            RequireTermination && trajectory.FinishReason != FinishReason.Stop ? TerminatedAnswerVerifier.CutOff : Judge(prompt.Answer, trajectory.Text));
    }

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set(nameof(RequireTermination), RequireTermination);
    }

    /// <summary>Judges a response that ended by itself, or any where termination is not required. Called from several threads at once.</summary>
    /// <param name="reference">The reference answer.</param>
    /// <param name="response">What the policy wrote: untrusted.</param>
    protected abstract Judgement Judge(string reference, string response);
}
