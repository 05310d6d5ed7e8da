using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// Outputs of a formula that computes its value and its derivative itself. The product of input and derivative has the backward pass that is wanted (upstream x
/// derivative), all native and without a call back into managed code; its own value is of no use and its memory is free to receive the formula's.
/// </summary>
internal static class AttachGradient
{
    /// <summary>A tensor whose backward multiplies by <paramref name="slope"/>. Both are to be filled by the caller, who writes to their memory directly.</summary>
    /// <param name="input">What the output is a function of; carries gradient.</param>
    /// <param name="slope">Derivative with respect to each element, of the input's shape; may still be empty.</param>
    public static Tensor Elementwise(Tensor input, Tensor slope) => input.mul(slope);

    /// <summary>A scalar whose backward multiplies <paramref name="slope"/> by the upstream gradient. To be filled by the caller, who writes to its memory directly.</summary>
    /// <param name="input">What the output is a function of; carries gradient.</param>
    /// <param name="slope">Derivative with respect to each element, of the input's shape.</param>
    public static Tensor Scalar(Tensor input, Tensor slope) => input.reshape(-1).dot(slope.view(-1));
}
