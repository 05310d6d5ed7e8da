using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Verification;

/// <summary>The verification function V of Eq. 1: compares the final answer of a trajectory with the reference answer.</summary>
/// <remarks>Implementations are called from several threads at once. A trajectory is untrusted input: bound the work, and never throw because of it.</remarks>
public interface IVerifier
{
    /// <summary>Judges one trajectory. A malformed answer is a judgement, not an exception.</summary>
    /// <param name="prompt">The question with its reference answer.</param>
    /// <param name="trajectory">The response to judge.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default);
}
