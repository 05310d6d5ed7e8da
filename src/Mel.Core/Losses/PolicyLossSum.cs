using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>An aggregated policy loss with what there is to report of it.</summary>
/// <param name="Loss">Scalar, []; carries gradient to the log-probs. Owned by the caller's dispose scope.</param>
/// <param name="ClippedLow">Tokens whose gradient the lower bound took away (<see cref="PolicyLossTerms.ClippedLow"/>).</param>
/// <param name="ClippedHigh">Tokens whose gradient the upper bound took away, or whose weight it capped (<see cref="PolicyLossTerms.ClippedHigh"/>).</param>
public sealed record PolicyLossSum(Tensor Loss, double ClippedLow, double ClippedHigh)
{
    internal PolicyLossSum MoveToOuterDisposeScope()
    {
        Loss.MoveToOuterDisposeScope();
        return this;
    }
}
