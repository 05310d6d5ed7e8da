using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>A per-token policy loss with the tensors behind it, so that a metric needs no second computation. All owned by the caller's dispose scope.</summary>
/// <param name="Loss">Per-token loss, [B, T]; carries gradient to the log-probs; exactly 0 where the mask does not select.</param>
/// <param name="Ratio">Importance ratio rho, [B, T], before any clipping, without gradient; 1 where the mask does not select.</param>
/// <param name="ClippedLow">Whether the lower bound took the token's gradient away: rho below it and a negative advantage; [B, T], bool.</param>
/// <param name="ClippedHigh">Whether the upper bound did: rho above it and a positive advantage (CISPO: the weight was capped); [B, T], bool.</param>
public sealed record PolicyLossTerms(Tensor Loss, Tensor Ratio, Tensor ClippedLow, Tensor ClippedHigh)
{
    internal PolicyLossTerms MoveToOuterDisposeScope()
    {
        foreach (Tensor tensor in (Tensor[])[Loss, Ratio, ClippedLow, ClippedHigh]) tensor.MoveToOuterDisposeScope();
        return this;
    }
}
