using Mel.Head;
using Mel.Losses;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture, NoTensorLeaks]
public sealed class KernelDefaultsTests
{
    [Test]
    public void K3_PolicyFarBelowTheReference_KeepsItsGradient()
    {
        using var scope = NewDisposeScope();
        Tensor far = full(1, 1, -4.0, ScalarType.Float64).requires_grad_(), reference = zeros(1, 1, dtype: ScalarType.Float64), mask = ones(1, 1);
        Divergence.K3(far, reference, mask).sum().backward();
        far.grad!.item<double>().Should().BeApproximately(1 - Math.Exp(4), 1e-9, "verl's clamp of the value at 10 would give 0 here");
    }

    [Test]
    public void Divergence_K1InTheLoss_IsRefusedWithTheReason()
    {
        Divergence.ReasonAgainstLoss(KlEstimator.K1).Should().Contain("expectation zero").And.Contain("reward");
        foreach (KlEstimator estimator in Enum.GetValues<KlEstimator>().Where(e => e != KlEstimator.K1)) Divergence.ReasonAgainstLoss(estimator).Should().BeNull();
    }

    [Test]
    public void Ratio_ExplodingLogRatio_IsClampedByDefault()
    {
        using var scope = NewDisposeScope();
        Tensor ratio = PolicyLoss.Ratio(full(1, 1, 25.0), zeros(1, 1), ones(1, 1));
        ratio.item<float>().Should().BeApproximately((float)Math.Exp(20), 1e3f);
    }

    [Test]
    public void Aggregate_NothingSelected_IsZeroWithZeroGradient([Values] Aggregation aggregation)
    {
        using var scope = NewDisposeScope();
        Tensor perToken = full(2, 3, double.NaN).requires_grad_(), mask = zeros(2, 3);
        Tensor loss = MaskedReduce.Aggregate(perToken, mask, LossNormalizer.FromMask(aggregation, mask, fixedLength: 4));
        loss.backward();
        loss.to_type(ScalarType.Float64).item<double>().Should().Be(0);
        perToken.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void ClippedSurrogate_DualClipOfOne_IsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor x = zeros(1, 2);
        Action act = () => PolicyLoss.ClippedSurrogate(x, x, x, x, new(0.2), dualClip: 1);
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*above 1*");
    }

    [Test]
    public void ClippedSurrogate_WrongShapes_AreNamed()
    {
        using var scope = NewDisposeScope();
        Tensor x = zeros(2, 3);
        Action old = () => PolicyLoss.ClippedSurrogate(x, zeros(2, 4), x, x, new(0.2));
        Action advantages = () => PolicyLoss.ClippedSurrogate(x, x, zeros(3), x, new(0.2));
        old.Should().Throw<ShapeMismatchException>().WithMessage("*[2, 4]*[2, 3]*");
        advantages.Should().Throw<ShapeMismatchException>().WithMessage("*one per trajectory*");
    }

    [Test]
    public void MetaExperienceLoss_NoExperience_IsZero()
    {
        using var scope = NewDisposeScope();
        Tensor none = zeros(0, 4, requires_grad: true);
        Tensor loss = MetaExperienceLoss.Compute(none, zeros(0, 4), []);
        loss.backward();
        loss.item<float>().Should().Be(0);
        MetaExperienceLoss.Weights([], 3).Should().BeEmpty();
    }

    [Test]
    public void MetaExperienceLoss_Weights_ByHand()
    {
        int[] prompts = [0, 0, 2];
        MetaExperienceLoss.Weights(prompts, 4).Should().Equal(1.0 / 8, 1.0 / 8, 1.0 / 4);
        MetaExperienceLoss.Weights(prompts, 4, ExperienceNormalization.PromptMeanNonEmpty).Should().Equal(0.25, 0.25, 0.5);
        MetaExperienceLoss.Weights(prompts, 4, ExperienceNormalization.ExperienceMean).Should().Equal(1.0 / 3, 1.0 / 3, 1.0 / 3);
    }

    [Test]
    public void Kernels_TwoHundredRepetitions_KeepMemoryFlat()
    {
        long start = 0;
        for (int i = 0; i < 200; i++)
        {
            using (var scope = NewDisposeScope())
            {
                var made = new HeadCase(32, 16, 4000, ScalarType.Float32);
                Tensor logProbs = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.view(4, 8), mask = ones(4, 8);
                Tensor perToken = PolicyLoss.ClippedSurrogate(logProbs, logProbs.detach(), ones(4), mask, new(0.2)).Loss + Divergence.K2(logProbs, logProbs.detach(), mask);
                MaskedReduce.Aggregate(perToken, mask, LossNormalizer.FromMask(Aggregation.TokenMean, mask)).backward();
                TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, _) => made.Advantages).Carrier.backward();
                TokenLogProbs.FromHidden(made.Hidden, made.Head.detach(), made.Targets, entropy: true, entropyGradient: false).LogProbs.sum().backward();
            }
            if (i % 20 == 19) GC.Collect();
            if (i == 59) start = Environment.WorkingSet;
        }
        (Environment.WorkingSet - start).Should().BeLessThan(32 << 20, "140 more repetitions must not need more memory");
    }
}
