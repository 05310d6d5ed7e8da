using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>One judged attempt at one question: a line of a records file.</summary>
public sealed class EvaluationRecord
{
    /// <summary>Id of the question.</summary>
    public required string Question { get; init; }

    /// <summary>Digest of the question, its turns and its reference answer; empty where it is not known.</summary>
    public string Digest { get; init; } = string.Empty;

    /// <summary>Which attempt it is: 0 the greedy one of Pass@1, 1 to k those of Avg@k and Pass@k.</summary>
    public required int Sample { get; init; }

    /// <summary>Temperature it was sampled at.</summary>
    public double Temperature { get; init; }

    /// <summary>Seed of the request. Attempt i from 1 on is trajectory i - 1 of it, with a random stream of its own.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of tokens of the response.</summary>
    public int Tokens { get; init; }

    /// <summary>Why the response ended.</summary>
    public FinishReason FinishReason { get; init; }

    /// <summary>What the verifier said.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Score of the judgement; null where the verifier gave none.</summary>
    public double? Score { get; init; }

    /// <summary>Why the verdict was given; null where the verifier does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>The answer that the verifier found in the response; null where it found none, or extracts none.</summary>
    public string? Answer { get; init; }

    /// <summary>The response.</summary>
    public required string Text { get; init; }

    internal static EvaluationRecord Of(Prompt prompt, string digest, int sample, double temperature, ulong seed, Trajectory trajectory, Judgement judgement)
        => new()
        {
            Question = prompt.Id,
            Digest = digest,
            Sample = sample,
            Temperature = temperature,
            Seed = seed,
            Tokens = trajectory.ReportedTokens ?? trajectory.TokenIds.Length,
            FinishReason = trajectory.FinishReason,
            Verdict = judgement.Verdict,
            Score = judgement.Score,
            Reason = judgement.Reason,
            Answer = judgement.Answer,
            Text = trajectory.Text,
        };
}
