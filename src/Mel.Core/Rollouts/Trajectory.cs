namespace Mel.Rollouts;

/// <summary>One sampled response. Managed memory only, so it may cross awaits, threads and processes.</summary>
/// <param name="TokenIds">The sampled tokens in order, the stop token included.</param>
/// <param name="LogProbs">Natural log-probability of each token under the very distribution it was sampled from, one per token.</param>
/// <param name="Text">The decoded response without the stop token.</param>
/// <param name="FinishReason">Why the response ended.</param>
public sealed record Trajectory(ReadOnlyMemory<int> TokenIds, ReadOnlyMemory<float> LogProbs, string Text, FinishReason FinishReason)
{
    /// <summary>
    /// Length of <see cref="Text"/> in UTF-16 units once token i has been decoded, one per token, non-decreasing; maps a span of text to the tokens that wrote it
    /// without tokenizing again. Empty when the sampler does not know.
    /// </summary>
    public ReadOnlyMemory<int> TextEnds { get; init; }

    /// <summary>Natural log-probability of each token under the frozen reference policy, one per token; empty when the run has no reference.</summary>
    public ReadOnlyMemory<float> ReferenceLogProbs { get; init; }
}
