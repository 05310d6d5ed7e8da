using Mel.Diagnostics;

namespace Mel.Rollouts;

/// <summary>What a trajectory must be like, whoever made it. Zero tokens are allowed: a server may answer with nothing.</summary>
internal static class TrajectoryContract
{
    /// <summary>
    /// Largest log-probability that passes. It is 0 but for rounding: a logit minus the logarithm of a sum may come out a little above. Values are used as they
    /// are.
    /// </summary>
    public const float LargestLogProb = 1e-4f;

    /// <summary>Refuses a trajectory that would train something else than what was sampled.</summary>
    /// <param name="by">Who made it, at which prompt.</param>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="needsLogProbs">Whether recorded log-probabilities are used, so that none is no choice.</param>
    public static void Require(PartPlace by, Trajectory? trajectory, bool needsLogProbs)
    {
        if (trajectory is null) throw by.Broken($"gave null for a trajectory{by.At}.");
        if (trajectory.Text is null) throw by.Broken($"gave a trajectory without a text{by.At}; an empty one is allowed.");
        if (!Enum.IsDefined(trajectory.FinishReason))
            throw by.Broken($"gave the finish reason {(int)trajectory.FinishReason}{by.At}; {nameof(FinishReason)} has no such member.");
        int tokens = trajectory.TokenIds.Length;
        RequireIds(by, trajectory.TokenIds.Span, "token id");
        if (trajectory.LogProbs.IsEmpty && tokens > 0 && needsLogProbs)
            throw by.Broken(
                $"gave 0 log-probabilities for {tokens} tokens{by.At}; the importance ratio needs one per token. Where the sampler has none, let the "
                + "trainer compute them: OldLogProbs = Recomputed.");
        LogProbs(by, trajectory.LogProbs, tokens, "log-probabilities");
        LogProbs(by, trajectory.PolicyLogProbs, tokens, "log-probabilities of the policy");
        LogProbs(by, trajectory.ReferenceLogProbs, tokens, "log-probabilities of the reference");
        Count(by, trajectory.Mask.Length, tokens, "mask values");
        Count(by, trajectory.TextEnds.Length, tokens, "text ends");
        int before = 0;
        foreach (int end in trajectory.TextEnds.Span)
        {
            if (end < before || end > trajectory.Text.Length)
                throw by.Broken($"gave the text end {end} after {before}{by.At}; they do not fall, and the text has {trajectory.Text.Length} characters.");
            before = end;
        }
    }

    /// <summary>Refuses ids that no vocabulary has.</summary>
    public static void RequireIds(PartPlace by, ReadOnlySpan<int> ids, string what)
    {
        int at = ids.IndexOfAnyInRange(int.MinValue, -1);
        if (at >= 0) throw by.Broken($"gave the {what} {ids[at]} at place {at}{by.At}; ids are counted from 0.");
    }

    private static void LogProbs(PartPlace by, ReadOnlyMemory<float> values, int tokens, string what)
    {
        Count(by, values.Length, tokens, what);
        for (int t = 0; t < values.Length; t++)
        {
            float value = values.Span[t];
            if (!float.IsFinite(value) || value > LargestLogProb)
                throw by.Broken($"gave {value} among the {what}, for token {t}{by.At}; the logarithm of a probability is finite and at most 0.");
        }
    }

    private static void Count(PartPlace by, int count, int tokens, string what)
    {
        if (count != 0 && count != tokens) throw by.Broken($"gave {count} {what} for {tokens} tokens{by.At}; one per token is expected.");
    }
}
