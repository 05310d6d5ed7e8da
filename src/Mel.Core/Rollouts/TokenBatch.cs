using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>A batch of sequences of different lengths to score. A policy pads, packs or orders the rows as it likes.</summary>
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
    /// Whether gradient must be able to flow through the entropy. An entropy that is only reported needs none, which spares the head of a model with adapters
    /// one of three products.
    /// </summary>
    /// <value>The default is true.</value>
    public bool EntropyGradient { get; init; } = true;

    /// <summary>Whether gradient flows through an entropy that is asked for.</summary>
    internal bool EntropyIsTrained => IncludeEntropy && EntropyGradient;
}

/// <summary>Tokens to score: how probable is <paramref name="Response"/> after <paramref name="Context"/>?</summary>
/// <param name="Context">Tokens that are given and carry no loss; at least one.</param>
/// <param name="Response">Tokens whose log-probabilities are wanted; at least one.</param>
public sealed record TokenSequence(ReadOnlyMemory<int> Context, ReadOnlyMemory<int> Response);

/// <summary>What a policy says about the response tokens of a <see cref="TokenBatch"/>. Owned by the caller's dispose scope.</summary>
/// <param name="LogProbs">Natural log-probabilities, [B, T], float32, differentiable; 0 beyond the end of a shorter response.</param>
/// <param name="Entropy">
/// Entropy of the distribution each token was drawn from, nats, [B, T], differentiable if the batch asks for it; null unless it was asked for.
/// </param>
public sealed record TokenScores(Tensor LogProbs, Tensor? Entropy = null);
