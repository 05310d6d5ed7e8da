using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The tensors behind a policy loss, all [B, T] over the trajectories that were scored. Owned by the caller's dispose scope.</summary>
/// <param name="LogProbs">log pi_theta of the sampled tokens, with its graph.</param>
/// <param name="OldLogProbs">log pi_theta_old recorded when they were sampled.</param>
/// <param name="Advantages">Advantage of each token.</param>
/// <param name="Mask">1 on tokens that train.</param>
/// <param name="Ratio">rho = pi_theta / pi_theta_old, detached; null for objectives without a ratio.</param>
/// <param name="Clipped">1 where the clip took the gradient away; null for objectives without a clip.</param>
public sealed record PolicyTensors(Tensor LogProbs, Tensor OldLogProbs, Tensor Advantages, Tensor Mask, Tensor? Ratio, Tensor? Clipped);
