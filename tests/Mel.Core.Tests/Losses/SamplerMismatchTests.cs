using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Losses;

/// <summary>Weights by hand: ratios 1.5, 0.5 and 4 in the first trajectory, 0.9 and 1 in the second; what lies under the mask is NaN.</summary>
[TestFixture, NoTensorLeaks]
public sealed class SamplerMismatchTests
{
    private static readonly double[] Ratios = [1.5, 0.5, 4, double.NaN, 0.9, 1, double.NaN, double.NaN];

    [Test]
    public void Weights_Tokens_AreTruncated()
        => Weights(RatioLevel.Token, MismatchRule.Truncate, null, 2).Should().Equal([1.5, 0.5, 2, 0, 0.9, 1, 0, 0], Close);

    [Test]
    public void Weights_TokensWithBothBounds_AreTruncated()
        => Weights(RatioLevel.Token, MismatchRule.Truncate, 0.8, 2).Should().Equal([1.5, 0.8, 2, 0, 0.9, 1, 0, 0], Close);

    [Test]
    public void Weights_TokensOutsideTheBounds_AreMasked()
        => Weights(RatioLevel.Token, MismatchRule.Mask, 0.8, 2).Should().Equal([1.5, 0, 0, 0, 0.9, 1, 0, 0], Close);

    [Test]
    public void Weights_Sequences_AreTruncatedProducts()
        => Weights(RatioLevel.Sequence, MismatchRule.Truncate, 0.95, 2).Should().Equal([2, 2, 2, 0, 0.95, 0.95, 0, 0], Close);

    [Test]
    public void Weights_SequencesOutsideTheBounds_AreMasked()
        => Weights(RatioLevel.Sequence, MismatchRule.Mask, 0.8, 2).Should().Equal([0, 0, 0, 0, 0.9, 0.9, 0, 0], Close);

    [Test]
    public void Weights_GeometricMean_IsTheRootOfTheProduct()
    {
        double first = Math.Cbrt(3), second = Math.Sqrt(0.9);
        Weights(RatioLevel.Sequence, MismatchRule.Mask, 0.8, 2, geometricMean: true).Should().Equal([first, first, first, 0, second, second, 0, 0], Close);
    }

    [Test]
    public void Weights_ExplodingLogRatio_IsClampedBeforeTheBounds()
    {
        using var scope = NewDisposeScope();
        Tensor old = zeros(1, 1, dtype: ScalarType.Float64), sampler = full(1, 1, -25.0, ScalarType.Float64);
        SamplerMismatch.Weights(old, sampler, ones(1, 1), max: null).item<double>().Should().BeApproximately(Math.Exp(20), 1e-3);
    }

    [Test]
    public void Weights_InputsWithGradient_CarryNone()
    {
        using var scope = NewDisposeScope();
        Tensor logProbs = zeros(1, 2, requires_grad: true);
        SamplerMismatch.Weights(logProbs, zeros(1, 2), ones(1, 2)).requires_grad.Should().BeFalse();
    }

    [Test]
    public void NormalizeToMeanOne_Tokens_DividesByTheMeanOfTheTokens()
    {
        const double mean = (1.5 + 0.5 + 2 + 0.9 + 1) / 5;
        Normalized(RatioLevel.Token).Should().Equal([1.5 / mean, 0.5 / mean, 2 / mean, 0, 0.9 / mean, 1 / mean, 0, 0], Close);
    }

    [Test]
    public void NormalizeToMeanOne_Sequences_DividesByTheMeanOfTheTrajectories()
    {
        const double mean = (2 + 0.9) / 2;                                              // however many tokens each has
        Normalized(RatioLevel.Sequence).Should().Equal([2 / mean, 2 / mean, 2 / mean, 0, 0.9 / mean, 0.9 / mean, 0, 0], Close);
    }

    [Test]
    public void NormalizeToMeanOne_TrajectoryWithoutTokens_DoesNotCount()
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor(new[] { 0.5, 0.5, 0.0, 0.0 }).view(2, 2), mask = tensor(new[] { 1.0, 1, 0, 0 }).view(2, 2);
        Values(SamplerMismatch.NormalizeToMeanOne(weights, mask, RatioLevel.Sequence)).Should().Equal(1, 1, 0, 0);
    }

    [Test]
    public void NormalizeToMeanOne_EveryWeightIsZero_LeavesThem([Values] RatioLevel level)
    {
        using var scope = NewDisposeScope();
        Values(SamplerMismatch.NormalizeToMeanOne(zeros(2, 2, dtype: ScalarType.Float64), ones(2, 2), level)).Should().Equal(0, 0, 0, 0);
    }

    private static double[] Weights(RatioLevel level, MismatchRule rule, double? min, double? max, bool geometricMean = false)
    {
        using var scope = NewDisposeScope();
        return Values(Of(level, rule, min, max, geometricMean, out _));
    }

    private static double[] Normalized(RatioLevel level)
    {
        using var scope = NewDisposeScope();
        return Values(SamplerMismatch.NormalizeToMeanOne(Of(level, MismatchRule.Truncate, null, 2, false, out Tensor mask), mask, level));
    }

    private static Tensor Of(RatioLevel level, MismatchRule rule, double? min, double? max, bool geometricMean, out Tensor mask)
    {
        Tensor sampler = full(2, 4, -1.5, ScalarType.Float64), old = sampler + tensor(Ratios).view(2, 4).log();
        mask = tensor(Ratios).view(2, 4).isnan().logical_not();
        return SamplerMismatch.Weights(old, sampler, mask, level, rule, min, max, geometricMean);
    }

    private static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();

    private static bool Close(double actual, double expected) => Math.Abs(actual - expected) < 1e-12;
}
