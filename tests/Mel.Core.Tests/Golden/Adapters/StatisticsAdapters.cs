using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Masked statistics against verl and OpenRLHF.</summary>
public static class StatisticsAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.masked_whiten", MaskedWhiten),
        new("verl.masked_mean", c => new GoldenOutputs().Add("mean", MaskedReduce.Mean(c.Tensor("values"), c.Tensor("mask"))).Add("sum", MaskedReduce.Sum(c.Tensor("values"), c.Tensor("mask")))),
        new("openrlhf.masked_normalize", MaskedNormalize),
    ];

    /// <summary>The reference also whitens what lies at masked positions, which its callers discard.</summary>
    private static GoldenOutputs MaskedWhiten(GoldenCase golden)
    {
        Tensor values = golden.Tensor("values"), mask = golden.Tensor("mask"), everywhere = ones_like(mask);
        Tensor mean = MaskedReduce.Mean(values, mask), scale = MaskedStatistics.Variance(values, mask).add(1e-8).rsqrt();
        return new GoldenOutputs().Add("mean", mean).Add("sum", MaskedReduce.Sum(values, mask)).Add("mean_per_row", MaskedReduce.RowMean(values, mask))
            .Add("var_unbiased", MaskedStatistics.Variance(values, mask)).Add("var_biased", MaskedStatistics.Variance(values, mask, degreesOfFreedom: 0))
            .Add("whitened", where(mask.ne(0), MaskedStatistics.Whiten(values, mask), (values - mean) * scale))
            .Add("whitened_no_shift", where(mask.ne(0), MaskedStatistics.Whiten(values, mask, shiftMean: false), (values - mean) * scale + mean));
    }

    private static GoldenOutputs MaskedNormalize(GoldenCase golden)
    {
        Tensor values = golden.Tensor("values"), mask = golden.Tensor("mask");
        return new GoldenOutputs().Add("mean", MaskedReduce.Mean(values, mask)).Add("mean_per_row", MaskedReduce.RowMean(values, mask)).Add("normalized", MaskedStatistics.RowNormalize(values, mask));
    }
}
