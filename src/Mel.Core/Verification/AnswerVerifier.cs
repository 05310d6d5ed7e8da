using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Verification;

/// <summary>Base class of the built-in verifiers: finds the answer in a terminated response and compares it with the reference.</summary>
public abstract class AnswerVerifier : IVerifier
{
    private protected AnswerVerifier(bool requireTermination) => RequireTermination = requireTermination;

    /// <summary>Whether a response that did not end by itself is incorrect whatever it says.</summary>
    public bool RequireTermination { get; }

    /// <inheritdoc/>
    public ValueTask<Verdict> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectory);
        cancellationToken.ThrowIfCancellationRequested();
        if (RequireTermination && trajectory.FinishReason != FinishReason.Stop) return ValueTask.FromResult(Verdict.Incorrect);
        return ValueTask.FromResult(Judge(prompt.Answer, trajectory.Text));
    }

    private protected abstract Verdict Judge(string reference, string response);
}
