using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Losses;

/// <summary>The losses that gate a token in place of clipping its ratio, by hand.</summary>
[TestFixture, NoTensorLeaks]
public sealed class GatedLossTests
{
    [Test]
    public void SoftGated_RatioOfOne_HasTheGradientOfThePolicyGradient()
    {
        using var scope = NewDisposeScope();
        Tensor now = full(1, 2, -1.0, ScalarType.Float64).requires_grad_(), advantages = Row(2, -3);
        Tensor loss = PolicyLoss.SoftGated(now, now.detach(), advantages, ones(1, 2), positiveTemperature: 2, negativeTemperature: 4);
        loss.sum().backward();
        Values(loss).Should().Equal(-2 * 2 / 2.0, 3 * 2 / 4.0);                          // -A sigmoid(0) 4 / tau
        Values(now.grad!).Should().Equal(-2, 3);                                        // -A, whatever tau is
    }

    [Test]
    public void SoftGated_RatioAboveOne_FollowsTheSigmoid()
    {
        using var scope = NewDisposeScope();
        Tensor old = zeros(1, 2, dtype: ScalarType.Float64), now = Row(Math.Log(1.5), Math.Log(1.5)).requires_grad_();
        Tensor loss = PolicyLoss.SoftGated(now, old, Row(1, -1), ones(1, 2), positiveTemperature: 2, negativeTemperature: 4);
        loss.sum().backward();
        double positive = Sigmoid(2 * 0.5), negative = Sigmoid(4 * 0.5);
        Values(loss).Should().Equal([-positive * 4 / 2, negative * 4 / 4], Close);
        Values(now.grad!).Should().Equal([-4 * 1.5 * positive * (1 - positive), 4 * 1.5 * negative * (1 - negative)], Close);
    }

    [Test]
    public void ProbabilityGated_TokenMovedTooFarWhereItsAdvantagePushes_KeepsThePenaltyAlone()
    {
        using var scope = NewDisposeScope();
        double[] sampler = [0.5, 0.5, 0.5, 0.5], now = [0.8, 0.6, 0.2, 0.8], advantages = [1, 1, -1, -1];      // risen, a little, dropped, against A
        Tensor logProbs = Row([.. now.Select(p => Math.Log(p))]).requires_grad_(), recorded = Row([.. sampler.Select(p => Math.Log(p))]);
        Tensor loss = PolicyLoss.ProbabilityGated(logProbs, recorded, Row(advantages), ones(1, 4),
            maxProbabilityDrop: 0.25, maxProbabilityRise: 0.15, logRatioPenalty: 0.1);
        loss.sum().backward();
        bool[] dropped = [true, false, true, false];
        double[] ratio = [.. now.Select((p, i) => p / sampler[i])];
        double[] losses = [.. ratio.Select((r, i) => 0.1 * Math.Log(r) * Math.Log(r) - (dropped[i] ? 0 : r * advantages[i]))];
        double[] gradients = [.. ratio.Select((r, i) => 0.2 * Math.Log(r) - (dropped[i] ? 0 : r * advantages[i]))];
        Values(loss).Should().Equal(losses, Close);
        Values(logProbs.grad!).Should().Equal(gradients, Close);
    }

    private static Tensor Row(params double[] values) => tensor(values).unsqueeze(0);

    private static double[] Values(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static bool Close(double actual, double expected) => Math.Abs(actual - expected) < 1e-12;
}
