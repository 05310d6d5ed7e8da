namespace Mel.Rollouts;

/// <summary>A ragged batch of sequences to score. How its rows are padded, packed or ordered on the way through the model is the policy's own choice.</summary>
public sealed class TokenBatch
{
    /// <summary>Creates a batch over the given sequences.</summary>
    /// <param name="sequences">The rows, in the order of the result.</param>
    /// <exception cref="ArgumentException">The batch is empty, or a sequence has an empty context or response.</exception>
    public TokenBatch(IReadOnlyList<TokenSequence> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0) throw new ArgumentException("The batch holds no sequence; give at least one.", nameof(sequences));
        for (int i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Context.IsEmpty || sequences[i].Response.IsEmpty)
            {
                throw new ArgumentException(
                    $"Sequence {i} has {sequences[i].Context.Length} context and {sequences[i].Response.Length} response tokens; both must be at least 1.",
                    nameof(sequences));
            }

            MaxResponseTokens = Math.Max(MaxResponseTokens, sequences[i].Response.Length);
        }
        Sequences = sequences;
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<TokenSequence> Sequences { get; }

    /// <summary>T: the length of the longest response, and the second axis of every tensor made for this batch.</summary>
    public int MaxResponseTokens { get; }

    /// <summary>Divides the logits before the softmax, as when the tokens were sampled.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Whether the entropy of each distribution is wanted too.</summary>
    /// <value>The default is false.</value>
    public bool IncludeEntropy { get; init; }

    /// <summary>
    /// Whether gradient must be able to flow through the entropy. An entropy that is only reported needs none, which under adapters saves a third of the head's
    /// work.
    /// </summary>
    /// <value>The default is true.</value>
    public bool EntropyGradient { get; init; } = true;

    /// <summary>Whether gradient flows through an entropy that is asked for.</summary>
    internal bool EntropyIsTrained => IncludeEntropy && EntropyGradient;
}
