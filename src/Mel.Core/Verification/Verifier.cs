using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Verification;

/// <summary>Makes verifiers out of plain functions. A run knows such a verifier by the name of the function, not by what it captured.</summary>
public static class Verifier
{
    /// <summary>A verifier that asks a function. A trajectory that was cut off is incorrect without asking.</summary>
    /// <param name="isCorrect">Compares (prompt, response text); thread-safe.</param>
    /// <param name="requireTermination">Whether a trajectory that did not end by itself is incorrect; see <see cref="TerminatedAnswerVerifier"/>.</param>
    public static IVerifier From(Func<Prompt, string, bool> isCorrect, bool requireTermination = true)
    {
        ArgumentNullException.ThrowIfNull(isCorrect);
        IVerifier verifier = new FunctionVerifier(
            (prompt, trajectory) => isCorrect(prompt, trajectory.Text) ? Verdict.Correct : Verdict.Incorrect, isCorrect);
        return requireTermination ? new TerminatedAnswerVerifier(verifier) : verifier;
    }

    /// <summary>A verifier that asks a function which sees the whole trajectory and returns a judgement; a plain verdict converts.</summary>
    /// <param name="judge">Thread-safe; decides on terminated and cut-off trajectories alike.</param>
    public static IVerifier From(Func<Prompt, Trajectory, Judgement> judge) => new FunctionVerifier(
        judge ?? throw new ArgumentNullException(nameof(judge)), judge);

    private sealed class FunctionVerifier(Func<Prompt, Trajectory, Judgement> judge, Delegate given) : IVerifier, IRunPart
    {
        public void Describe(RunIdentity identity) => identity.Set("function", given);

        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(judge(prompt, trajectory));
        }
    }
}
