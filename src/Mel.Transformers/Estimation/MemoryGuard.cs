using System.Runtime.InteropServices;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers.Models;

namespace Mel.Transformers.Estimation;

/// <summary>Turns an allocation that libtorch could not make into an exception that says what was to be done and what it takes.</summary>
internal static class MemoryGuard
{
    // Parts of the messages of libtorch's allocators: Linux, Windows, GPUs, and sizes that no allocator is asked for.
    private static readonly string[] Signs = ["can't allocate memory", "not enough memory", "out of memory", "size calculation overflowed"];

    /// <summary>Does the work of sampling.</summary>
    /// <param name="model">The model that samples.</param>
    /// <param name="promptTokens">Tokens of the longest prompt.</param>
    /// <param name="size">Sequences that are sampled at once, and the tokens each has room for.</param>
    /// <param name="work">The work.</param>
    public static T Sampling<T>(DecoderModel model, int promptTokens, Func<(int Rows, int Tokens)> size, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsOutOfMemory(e))
        {
            (int rows, int tokens) = size();
            ResourceEstimate estimate = ResourceEstimator.Estimate(
                model, new ResourceEstimateOptions { SequenceTokens = tokens, PromptTokens = promptTokens, SampledSequences = rows });
            throw Exhausted(
                $"Sampling {rows} sequences of up to {tokens} tokens at once with {model.DataType} weights", estimate.SamplingBytes,
                $"{Text(estimate.CacheBytes)} of it for keys and values; lower CacheBytes or ConcurrentSequences of the policy, or MaxTokens", e);
        }
    }

    /// <summary>Does the work of scoring.</summary>
    /// <param name="model">The model that scores.</param>
    /// <param name="batch">What is scored.</param>
    /// <param name="work">The work.</param>
    public static T Scoring<T>(DecoderModel model, TokenBatch batch, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsOutOfMemory(e))
        {
            TokenSequence longest = batch.Sequences.MaxBy(s => s.Context.Length + s.Response.Length)!;
            int rows = batch.Sequences.Count, tokens = longest.Context.Length + longest.Response.Length;
            ResourceEstimate estimate = ResourceEstimator.Estimate(
                model, new ResourceEstimateOptions { SequenceTokens = tokens, PromptTokens = longest.Context.Length, MicroBatchSequences = rows });
            throw Exhausted(
                $"Scoring {rows} sequences of up to {tokens} tokens with {model.DataType} weights", estimate.TrainingBytes,
                $"{Text(estimate.ActivationBytes)} of it for activations, if a gradient is wanted; lower MicroBatchTokens of the trainer, or recompute "
                + "activations",
                e);
        }
    }

    private static bool IsOutOfMemory(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is OutOfMemoryException) return e is not ModelMemoryException;
            if (e is ExternalException && Array.Exists(Signs, sign => e.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return false;
    }

    private static ModelMemoryException Exhausted(string what, long bytes, string rest, Exception cause)
        => new($"{what} does not fit into memory: by the estimate it takes {Text(bytes)}, {rest}. ({Excerpt.Of(cause.Message, 200)})", bytes, cause);

    private static string Text(long bytes)
        => bytes < 1e9 ? FormattableString.Invariant($"{bytes / 1e6:0.###} MB") : FormattableString.Invariant($"{bytes / 1e9:0.###} GB");
}
