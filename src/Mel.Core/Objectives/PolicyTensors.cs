using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The tensors behind a policy loss, all [B, T] over the trajectories that were scored. Owned by the caller's dispose scope.</summary>
/// <param name="LogProbs">log pi_theta of the sampled tokens, with its graph.</param>
/// <param name="OldLogProbs">log pi_theta_old recorded when they were sampled.</param>
/// <param name="Advantages">Advantage of each token.</param>
/// <param name="Mask">1 on tokens that train.</param>
/// <param name="Loss">Gives the loss of each token from the other four, with the ratio and what was clipped.</param>
public sealed record PolicyTensors(Tensor LogProbs, Tensor OldLogProbs, Tensor Advantages, Tensor Mask, Func<Tensor, Tensor, Tensor, Tensor, PolicyLossTerms> Loss)
{
    /// <summary>Loss, ratio and clip masks of each token, without gradient. Computed by each call; owned by the caller's dispose scope.</summary>
    public PolicyLossTerms PerToken()
    {
        using var constant = no_grad();
        return Loss(LogProbs, OldLogProbs, Advantages, Mask);
    }
}
