using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>What a policy says about the response tokens of a <see cref="TokenBatch"/>. Owned by the caller's dispose scope.</summary>
/// <param name="LogProbs">Natural log-probabilities, [B, T], float32, differentiable; 0 beyond the end of a shorter response.</param>
/// <param name="Entropy">
/// Entropy of the distribution each token was drawn from, nats, [B, T], differentiable if the batch asks for it; null unless it was asked for.
/// </param>
public sealed record TokenScores(Tensor LogProbs, Tensor? Entropy = null);
