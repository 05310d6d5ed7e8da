using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Statistics of verl and OpenRLHF that Mel itself takes on managed numbers (<c>TokenWhitening</c>), for the cases given as tensors.</summary>
internal static class MaskedStatistics
{
    /// <summary>Variance over the selected positions with the divisor n - degreesOfFreedom, []; 0 where that is not positive.</summary>
    public static Tensor Variance(Tensor values, Tensor mask, int degreesOfFreedom = 1)
    {
        Tensor selected = Masks.AsBool(mask), count = selected.sum(values.dtype), divisor = count - degreesOfFreedom;
        Tensor centered = Masks.Keep(selected, values - MaskedReduce.Mean(values, mask));        // E[x^2] - E[x]^2 would cancel
        return Masks.Keep(divisor.gt(0), centered.square().sum() / divisor);
    }

    /// <summary>
    /// (x - mean) / sqrt(variance + 1e-8) (verl torch_functional.py <c>masked_whiten</c>), [B, T]; the mean is added back where it is not to be shifted.
    /// </summary>
    public static Tensor Whiten(Tensor values, Tensor mask, bool shiftMean = true)
    {
        Tensor selected = Masks.AsBool(mask), mean = MaskedReduce.Mean(values, mask);
        Tensor whitened = (Masks.Keep(selected, values) - mean) * (Variance(values, mask) + 1e-8).rsqrt();
        return Masks.Keep(selected, shiftMean ? whitened : whitened + mean);
    }

    /// <summary>
    /// (x - mean) / sqrt(max(variance, 1e-8)) within each row, with the population's variance (OpenRLHF models/utils.py <c>masked_normalize</c>), [B, T].
    /// </summary>
    public static Tensor RowNormalize(Tensor values, Tensor mask)
    {
        Tensor centered = Masks.Keep(Masks.AsBool(mask), values - MaskedReduce.RowMean(values, mask).unsqueeze(1));
        return centered * MaskedReduce.RowMean(centered.square(), mask).unsqueeze(1).clamp_min(1e-8).rsqrt();
    }
}
