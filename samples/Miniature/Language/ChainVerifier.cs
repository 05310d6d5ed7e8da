using System.Globalization;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Samples.Miniature;

/// <summary>
/// Judges the outcome of a solution and its form, never its steps: the final value must be the answer, and the text must be a chain over as many steps as the
/// question has operators, ended by the end token. Without the demand for an ended answer, training drifts to answers that never end.
/// </summary>
public sealed class ChainVerifier : IVerifier
{
    /// <inheritdoc/>
    public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectory);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Judge(prompt, trajectory));
    }

    private static Judgement Judge(Prompt prompt, Trajectory trajectory)
    {
        if (!Question.TryParse(prompt.Text, out Question? question) || !Words.TryReadValue(prompt.Answer, out int answer)) return Verdict.Unverifiable;
        ReadOnlySpan<int> tokens = trajectory.TokenIds.Span;
        bool isEnded = trajectory.FinishReason == FinishReason.Stop
            && tokens.Length == Chain.WordCount(question.Operators.Count) + 1 && tokens[^1] == Vocabulary.EndId;
        if (!isEnded || !Chain.TryParse(trajectory.Text, out Chain? chain, out _) || chain.Steps.Count != question.Operators.Count) return Verdict.Incorrect;
        return new Judgement(chain.Answer == answer ? Verdict.Correct : Verdict.Incorrect) { Answer = chain.Answer.ToString(CultureInfo.InvariantCulture) };
    }
}
