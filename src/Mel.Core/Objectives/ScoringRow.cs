using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>Tokens whose log-probabilities a term needs. Two rows over the same memory at the same temperature are the same row.</summary>
/// <param name="Sequence">Context and the tokens to score after it.</param>
/// <param name="Temperature">Divides the logits; 1 for the likelihood of the policy itself.</param>
/// <param name="Entropy">Whether the entropy of each distribution is wanted too.</param>
public readonly record struct ScoringRow(TokenSequence Sequence, double Temperature = 1.0, EntropyUse Entropy = EntropyUse.None);

/// <summary>What the entropy of scored tokens is for.</summary>
public enum EntropyUse
{
    /// <summary>The entropy is not computed.</summary>
    None,

    /// <summary>The entropy is reported and carries no gradient.</summary>
    Report,

    /// <summary>The entropy is part of the loss.</summary>
    Train,
}

/// <summary>Rows of one term with their log-probabilities. The tensors belong to the caller's dispose scope.</summary>
public sealed class ScoredRows(IReadOnlyList<int> indices, Tensor logProbs, Tensor mask, Tensor? entropy = null)
{
    /// <summary>Index into <see cref="ILossTerm.Rows"/> of each row of the tensors.</summary>
    public IReadOnlyList<int> Indices { get; } = indices;

    /// <summary>log pi_theta of the rows' tokens, [B, T]; carries gradient; 0 beyond the end of a shorter row.</summary>
    public Tensor LogProbs { get; } = logProbs;

    /// <summary>
    /// True where the log-probability of a token is known, [B, T]: all tokens of each row, or a part of them where <see cref="ILossTerm.IsTokenwise"/> allows.
    /// </summary>
    public Tensor Mask { get; } = mask;

    /// <summary>Entropy of each token's distribution, nats, [B, T]; null unless a row asked for it.</summary>
    public Tensor? Entropy { get; } = entropy;
}
