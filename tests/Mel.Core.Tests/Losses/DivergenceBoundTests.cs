using Mel.Advantages;
using Mel.Losses;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Losses;

/// <summary>A token that the reference all but excludes costs a bounded amount; a token within the bound costs what it always did.</summary>
[TestFixture, NoTensorLeaks]
public sealed class DivergenceBoundTests
{
    private static readonly KlEstimator[] Estimators = Enum.GetValues<KlEstimator>();

    // With d = -20 the gradient in log pi is 1 for k1 and |d|, -d = 20 for k2; k3 has none beyond its bound.
    [TestCase(KlEstimator.K1, 20, 1)]
    [TestCase(KlEstimator.Absolute, 20, 1)]
    [TestCase(KlEstimator.K2, 200, 20)]
    [TestCase(KlEstimator.K3, 19, 0)]                // e^-20 + 20 - 1
    [TestCase(KlEstimator.K1StraightThrough, 20, 20)]
    [TestCase(KlEstimator.K3StraightThrough, 19, 20)]
    public void InLoss_ReferenceAllButExcludesAToken_IsBounded(KlEstimator estimator, double value, double slope)
    {
        foreach (double excluded in (double[])[double.NegativeInfinity, float.MinValue, -1e9, -30])
        {
            using var scope = NewDisposeScope();
            Tensor logProbs = tensor(new[,] { { -1.0, -2.0 } }, requires_grad: true), alone = tensor(new[,] { { -2.0 } }, requires_grad: true);

            Tensor divergence = Divergence.InLoss(estimator, logProbs, tensor(new[,] { { excluded, -2.5 } }), ones(1, 2));
            divergence.sum().backward();
            Divergence.PerToken(estimator, alone, tensor(new[,] { { -2.5 } }), ones(1, 1)).sum().backward();

            divergence[0, 0].item<double>().Should().BeApproximately(value, 1e-8);
            logProbs.grad![0, 0].item<double>().Should().BeApproximately(slope, 1e-8);
            logProbs.grad![0, 1].item<double>().Should().Be(alone.grad!.item<double>(), "a token does not feel its neighbor");
        }
    }

    [TestCaseSource(nameof(Estimators))]
    public void InLoss_WithinTheBound_IsTheSameBitForBit(KlEstimator estimator)
    {
        using var scope = NewDisposeScope();
        double[] differences = [-20, -19.999998, -3, -1e-7, 0, 1e-7, 0.5, 19.75, 20];
        foreach (float start in (float[])[0, -0.1f, -7.3f, -1e-6f])
        {
            Tensor reference = tensor(differences).add(start).unsqueeze(0).to(float32).clamp(start - 20, start + 20), mask = ones(1, differences.Length);
            Tensor bounded = full(1, differences.Length, start).requires_grad_(), free = full(1, differences.Length, start).requires_grad_();

            Tensor with = Divergence.InLoss(estimator, bounded, reference, mask), without = Divergence.PerToken(estimator, free, reference, mask);
            with.sum().backward();
            without.sum().backward();

            with.data<float>().ToArray().Should().Equal(without.data<float>().ToArray());
            bounded.grad!.data<float>().ToArray().Should().Equal(free.grad!.data<float>().ToArray());
        }
    }

    [Test]
    public void KlInReward_ReferenceOfMinusInfinity_CostsTwentyNats()
    {
        Trajectory trajectory = Trajectories.Of("a") with { ReferenceLogProbs = new[] { float.NegativeInfinity, -1.5f } };
        RolloutGroup group = new(new Prompt("q", "q", "?"), new[] { 1 }, [trajectory, Trajectories.Of("b") with { ReferenceLogProbs = new[] { -1f, -1f } }], [Verdict.Correct, Verdict.Correct]);

        Advantage advantage = new KlPenalizedAdvantage(new GroupRelativeAdvantage(), 0.1).Estimate([group])[0][0];

        // Both are right, so the advantage is 0; the tokens were recorded at -1.
        advantage[0].Should().BeApproximately(-0.1 * (20 + 0.5), 1e-12);
        advantage[1].Should().BeApproximately(-0.1 * 0.5, 1e-12);
    }
}
