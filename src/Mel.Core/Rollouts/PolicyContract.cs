using Mel.Diagnostics;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>Lets a policy score and checks that the scores are those of the batch.</summary>
internal static class PolicyContract
{
    /// <summary>Scores a batch.</summary>
    /// <param name="policy">Scores.</param>
    /// <param name="batch">What is scored.</param>
    /// <param name="trains">Whether a gradient must be able to flow from the scores into the parameters.</param>
    /// <param name="role">What the policy is to the run.</param>
    /// <param name="prompt">Id of the question behind the batch; null where there are several.</param>
    public static TokenScores Score(IPolicy policy, TokenBatch batch, bool trains, string role = "policy", string? prompt = null)
    {
        PartPlace place = new(role, policy, prompt);
        return PartCall.Run(place, () =>
        {
            TokenScores scores = policy.Score(batch);
            Require(place, batch, scores, trains);
            return scores;
        });
    }

    /// <summary>Scores a batch part by part, with the slopes of each part.</summary>
    /// <returns>The scalar that carries the slopes.</returns>
    public static Tensor Score(IFusedPolicy policy, TokenBatch batch, ScoreSlopes slopes)
    {
        PartPlace place = new("policy", policy);
        long tokens = 0, expected = batch.Sequences.Sum(s => (long)s.Response.Length);
        Tensor carrier = PartCall.Run(place, () => policy.Score(batch, (scores, mask) =>
        {
            Require(place, batch, scores, trains: false);
            if (mask.dtype != ScalarType.Bool) throw place.Broken($"gave a mask of {mask.dtype}; bool is expected.");
            RequireShape(place, batch, mask, "a mask");
            tokens += mask.sum().item<long>();
            return slopes(scores, mask);
        }));
        if (tokens != expected) throw place.Broken($"asked for the slopes of {tokens} tokens, but the batch has {expected}; each is asked for once.");
        if (carrier is null || carrier.numel() != 1)
            throw place.Broken($"returned {(carrier is null ? "null" : Text(carrier.shape))} for the slopes; a scalar is expected.");
        return carrier.requires_grad ? carrier : throw WithoutGraph(place, "the scalar that carries the slopes");
    }

    private static void Require(PartPlace place, TokenBatch batch, TokenScores? scores, bool trains)
    {
        RequireTensor(place, batch, scores?.LogProbs, "log-probabilities", trains);
        using (NewDisposeScope())
        {
            // NaN passes: it makes the update unusable, which is seen and counted there.
            float largest = scores!.LogProbs.detach().max().item<float>();
            if (largest > TrajectoryContract.LargestLogProb)
                throw place.Broken($"gave {largest} for a log-probability{place.At}; the logarithm of a probability is at most 0.");
        }

        if (batch.IncludeEntropy) RequireTensor(place, batch, scores.Entropy, "entropy", trains && batch.EntropyGradient);
    }

    private static void RequireTensor(PartPlace place, TokenBatch batch, Tensor? values, string what, bool trains)
    {
        if (values is null) throw place.Broken($"gave no {what}{place.At}, which the batch asks for.");
        RequireShape(place, batch, values, what);
        if (values.dtype != ScalarType.Float32) throw place.Broken($"gave {what} of {values.dtype}{place.At}; float32 is expected, whatever the weights are.");
        if (trains && !values.requires_grad) throw WithoutGraph(place, what);
    }

    private static void RequireShape(PartPlace place, TokenBatch batch, Tensor values, string what)
    {
        long rows = batch.Sequences.Count, columns = batch.MaxResponseTokens;
        if (values.dim() == 2 && values.size(0) == rows && values.size(1) == columns) return;
        ShapeMismatchException mismatch = new(
            $"{place} gave {what} of shape {Text(values.shape)}{place.At}; [{rows}, {columns}] is expected: a row per sequence, a column per token of the "
            + "longest response.");
        RunFailure.Attach(mismatch, place);
        throw mismatch;
    }

    private static PartResultException WithoutGraph(PartPlace place, string what)
        => place.Broken(
            $"gave {what} without a graph: no gradient can flow into its parameters. Score with gradients on, from parameters "
            + "that require them, and detach nothing.");

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
