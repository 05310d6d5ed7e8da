using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>What <see cref="FusedPolicyLoss"/> computed. Owned by the caller's dispose scope.</summary>
/// <param name="Loss">Scalar, []; its backward pass hands out gradients that are already there, once.</param>
/// <param name="LogProbs">log pi_theta of the rows that were computed, [N], without gradient; NaN for rows that carry none.</param>
/// <param name="Computed">Which rows were computed, [N], bool: those with a weight and an advantage (or a divergence term).</param>
public sealed record FusedPolicyLossResult(Tensor Loss, Tensor LogProbs, Tensor Computed);
