namespace Mel.Rollouts;

/// <summary>One sampled response. Managed memory only, so it may cross awaits, threads and processes.</summary>
/// <param name="TokenIds">The tokens in order, the stop token included.</param>
/// <param name="LogProbs">Natural log-probability of each token under the very distribution it was sampled from, one per token.</param>
/// <param name="Text">The decoded response without the stop token.</param>
/// <param name="FinishReason">Why the response ended.</param>
public sealed record Trajectory(ReadOnlyMemory<int> TokenIds, ReadOnlyMemory<float> LogProbs, string Text, FinishReason FinishReason)
{
    /// <summary>
    /// Length of <see cref="Text"/> in UTF-16 units after each token, one per token, non-decreasing. The lengths map a span of text to the tokens that wrote it
    /// without tokenizing again. Empty where the sampler does not know them.
    /// </summary>
    public ReadOnlyMemory<int> TextEnds { get; init; }

    /// <summary>
    /// Whether the policy sampled a token and may learn from it, one per token; empty where it may learn from all. False for the output of a tool.
    /// </summary>
    public ReadOnlyMemory<bool> Mask { get; init; }

    /// <summary>
    /// Natural log-probability of each token under the policy before the update, as the policy itself computes it: pi_old of the importance ratio. Empty where
    /// the run takes the recorded <see cref="LogProbs"/> for it.
    /// </summary>
    public ReadOnlyMemory<float> PolicyLogProbs { get; init; }

    /// <summary>Natural log-probability of each token under the frozen reference policy, one per token; empty when the run has no reference.</summary>
    public ReadOnlyMemory<float> ReferenceLogProbs { get; init; }

    /// <summary>Number of optimizer updates behind the weights the trajectory was sampled with; null where the sampler does not say.</summary>
    public long? WeightVersion { get; init; }

    /// <summary>
    /// Number of tokens as the sampler counts them, for samplers that give no <see cref="TokenIds"/>; null where the ids say it. Such a trajectory can be judged
    /// and does not train.
    /// </summary>
    public int? ReportedTokens { get; init; }

    /// <summary>log pi_old: <see cref="PolicyLogProbs"/> where the policy computed them, else <see cref="LogProbs"/>.</summary>
    public ReadOnlyMemory<float> OldLogProbs => PolicyLogProbs.IsEmpty ? LogProbs : PolicyLogProbs;

    /// <summary>Number of tokens that <see cref="Mask"/> selects.</summary>
    public int TrainedTokens => Mask.IsEmpty ? TokenIds.Length : Mask.Span.Count(true);

    /// <summary>Whether a token may be learned from.</summary>
    /// <param name="token">Index into the tokens.</param>
    public bool Trains(int token) => Mask.IsEmpty || Mask.Span[token];

    /// <summary>
    /// The tokens that wrote a span of <see cref="Text"/>, at least one. A span that reaches the end of the text, white space aside, includes the stop token:
    /// the stop token writes no text, but says that the text is complete.
    /// </summary>
    /// <param name="span">A stretch of the text.</param>
    /// <exception cref="InvalidOperationException">The sampler gave no <see cref="TextEnds"/>.</exception>
    public Range TokensOf(TextSpan span)
    {
        ReadOnlySpan<int> ends = TextEnds.Span;
        if (ends.Length != TokenIds.Length || ends.IsEmpty)
        {
            throw new InvalidOperationException(
                $"The sampler gave {ends.Length} text ends for {TokenIds.Length} tokens, so the tokens of a span of text are unknown; "
                + $"use a sampler that fills {nameof(Trajectory)}.{nameof(TextEnds)}.");
        }

        int first = 0;
        while (first < ends.Length - 1 && ends[first] <= span.Start) first++;
        // Tokens that hold only a part of the span's first character have no text of their own yet; they end where the span starts.
        while (first > 0 && ends[first - 1] == span.Start && (first == 1 ? 0 : ends[first - 2]) == span.Start) first--;
        int last = first;
        while (last < ends.Length - 1 && ends[last] < span.End) last++;
        if (Text.AsSpan(Math.Min(span.End, Text.Length)).IsWhiteSpace()) last = ends.Length - 1;
        return first..(last + 1);
    }
}

/// <summary>Why a sampler stopped writing a trajectory.</summary>
public enum FinishReason
{
    /// <summary>The policy emitted a stop token; the token is the last of the trajectory.</summary>
    Stop,

    /// <summary>The token limit of the request or the context was reached before a stop token.</summary>
    Length,
}
