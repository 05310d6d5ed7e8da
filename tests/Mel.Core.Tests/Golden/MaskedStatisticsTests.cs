using Mel.Core.Tests.Golden.Adapters;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden;

/// <summary>The statistics of the adapters by hand: a wrong adapter would compare the wrong thing.</summary>
[TestFixture, NoTensorLeaks]
public sealed class MaskedStatisticsTests
{
    [Test]
    public void Variance_MaskedNaN_ByHand()
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor(new[] { 1.0, 2, 3, double.NaN }).view(2, 2), mask = tensor(new[] { 1.0, 1, 1, 0 }).view(2, 2);
        MaskedStatistics.Variance(values, mask).item<double>().Should().BeApproximately(1, 1e-15);
        MaskedStatistics.Variance(values, mask, degreesOfFreedom: 0).item<double>().Should().BeApproximately(2.0 / 3, 1e-15);
        MaskedStatistics.Variance(values, tensor(new[] { 1.0, 0, 0, 0 }).view(2, 2)).item<double>().Should().Be(0, "a lone value has no unbiased variance");
    }

    [Test]
    public void Whiten_MaskedNaN_ByHand()
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor(new[] { 1.0, 2, 3, double.NaN }).view(2, 2), mask = tensor(new[] { 1.0, 1, 1, 0 }).view(2, 2);
        double one = 1 / Math.Sqrt(1 + 1e-8);
        Equal(MaskedStatistics.Whiten(values, mask), -one, 0, one, 0);
        Equal(MaskedStatistics.Whiten(values, mask, shiftMean: false), 2 - one, 2, 2 + one, 0);
    }

    [Test]
    public void RowNormalize_EachRowByItself_ByHand()
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor(new[] { 1.0, 3, double.NaN, 5, double.NaN, double.NaN }).view(2, 3), mask = tensor(new[] { 1.0, 1, 0, 1, 0, 0 }).view(2, 3);
        Equal(MaskedStatistics.RowNormalize(values, mask), -1, 1, 0, 0, 0, 0);
    }

    private static void Equal(Tensor actual, params double[] expected)
    {
        double[] values = actual.contiguous().data<double>().ToArray();
        values.Should().HaveSameCount(expected);
        for (int i = 0; i < expected.Length; i++) values[i].Should().BeApproximately(expected[i], 1e-12);
    }
}
