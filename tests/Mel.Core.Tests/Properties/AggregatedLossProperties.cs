using Mel.Core.Tests.Losses;
using Mel.Losses;
using FsCheck;
using FsCheck.Fluent;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Properties;

/// <summary>The losses that aggregate in their own pass, against the aggregate of their per-token form.</summary>
[TestFixture(KernelPath.WidestRegisters), TestFixture(KernelPath.NarrowRegisters), TestFixture(KernelPath.TensorOperations), NoTensorLeaks]
public sealed class AggregatedLossProperties(KernelPath path)
{
    private static readonly ClipRange Clip = new(0.2, 0.28);

    public static IReadOnlyList<AggregatedLoss> Losses { get; } =
    [
        new("clipped", (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip), (x, y, a, m, n) => PolicyLoss.AggregateClippedSurrogate(x, y, a, m, n, Clip)),
        new("dual clip", (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip, dualClip: 1.5, delta: 1.6), (x, y, a, m, n) => PolicyLoss.AggregateClippedSurrogate(x, y, a, m, n, Clip, dualClip: 1.5, delta: 1.6)),
        new("sequence", (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip, level: RatioLevel.Sequence), (x, y, a, m, n) => PolicyLoss.AggregateClippedSurrogate(x, y, a, m, n, Clip, level: RatioLevel.Sequence)),
        new("CISPO", (x, y, a, m) => PolicyLoss.Cispo(x, y, a, m, 1.5, 0.5), (x, y, a, m, n) => PolicyLoss.AggregateCispo(x, y, a, m, n, 1.5, 0.5)),
        .. Enum.GetValues<KlEstimator>().Select(estimator => new AggregatedLoss(estimator.ToString(),
            (x, y, a, m) => new PolicyLossTerms(Divergence.PerToken(estimator, x, y, m), ones_like(x), zeros_like(m).to_type(ScalarType.Bool), zeros_like(m).to_type(ScalarType.Bool)), (x, y, a, m, n) => new PolicyLossSum(Divergence.Aggregate(estimator, x, y, m, n), 0, 0))),
    ];

    [SetUp]
    public void ChoosePath() => path.Use();

    [TearDown]
    public void UseEveryPathAgain() => KernelPath.WidestRegisters.Use();

    [Test]
    public void Aggregate_EqualsTheAggregateOfThePerTokenLoss([ValueSource(nameof(Losses))] AggregatedLoss loss, [Values] Aggregation aggregation)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            using var scope = NewDisposeScope();
            var made = new LossCase(seed);
            Tensor x = made.LogProbs, advantages = seed % 2 == 0 ? made.Advantages : made.Advantages.narrow(1, 0, 1), mask = seed % 4 < 2 ? made.Mask : made.Mask.to_type(ScalarType.Float64);
            LossNormalizer normalizer = LossNormalizer.FromMask(aggregation, mask, fixedLength: 17);
            PolicyLossTerms terms = loss.PerToken(x, made.Other, advantages, mask);
            Tensor expected = MaskedReduce.Aggregate(terms.Loss, mask, normalizer);
            expected.backward();
            double[] gradient = x.grad!.data<double>().ToArray();
            x.grad = null;
            PolicyLossSum sum = loss.Aggregate(x, made.Other, advantages, mask, normalizer);
            (sum.Loss * 2).backward();
            sum.Loss.item<double>().Should().BeApproximately(expected.item<double>(), 1e-12);
            double[] actual = x.grad!.data<double>().ToArray();
            for (int i = 0; i < actual.Length; i++)
            {
                actual[i].Should().BeApproximately(2 * gradient[i], 1e-12);
                if (!made.MaskData[i]) actual[i].Should().Be(0);
            }
            sum.ClippedLow.Should().Be(terms.ClippedLow.sum().item<long>());
            sum.ClippedHigh.Should().Be(terms.ClippedHigh.sum().item<long>());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [TestCaseSource(nameof(Losses))]
    public void Aggregate_MaskedPositionsHoldNaN_ChangesNothing(AggregatedLoss loss)
    {
        using var scope = NewDisposeScope();
        var made = new LossCase(5, ScalarType.Float32);
        LossNormalizer normalizer = LossNormalizer.FromMask(Aggregation.SequenceMeanTokenMean, made.Mask);
        Tensor unmasked = made.Mask.logical_not(), garbage = full_like(made.Other, double.NaN);
        Tensor Poisoned(Tensor t) => where(unmasked, garbage, t.detach());
        Tensor clean = made.LogProbs, poisoned = Poisoned(clean).requires_grad_();
        Tensor expected = loss.Aggregate(clean, made.Other, made.Advantages, made.Mask, normalizer).Loss;
        Tensor actual = loss.Aggregate(poisoned, Poisoned(made.Other), Poisoned(made.Advantages), made.Mask, normalizer).Loss;
        expected.backward();
        actual.backward();
        actual.item<float>().Should().Be(expected.item<float>());
        poisoned.grad!.equal(clean.grad!).all().item<bool>().Should().BeTrue();
        poisoned.grad!.masked_select(unmasked).count_nonzero().item<long>().Should().Be(0);
    }

    [TestCaseSource(nameof(Losses))]
    public void Aggregate_TransposedInputs_GiveTheSame(AggregatedLoss loss)
    {
        using var scope = NewDisposeScope();
        var made = new LossCase(7);
        Tensor x = made.LogProbs, turned = x.detach().t().contiguous().requires_grad_();
        static Tensor Strided(Tensor t) => t.t().contiguous().t();
        LossNormalizer normalizer = LossNormalizer.FromMask(Aggregation.TokenMean, made.Mask);
        loss.Aggregate(x, made.Other, made.Advantages, made.Mask, normalizer).Loss.backward();
        loss.Aggregate(turned.t(), Strided(made.Other), Strided(made.Advantages), Strided(made.Mask), normalizer).Loss.backward();
        turned.grad!.t().equal(x.grad!).all().item<bool>().Should().BeTrue();
        turned.grad = null;
        MaskedReduce.Aggregate(loss.PerToken(turned.t(), Strided(made.Other), Strided(made.Advantages), Strided(made.Mask)).Loss, made.Mask, normalizer).backward();
        (turned.grad!.t() - x.grad!).abs().max().item<double>().Should().BeLessThan(1e-15);
    }

    [Test]
    public void Aggregate_WithoutGradientRecording_GivesTheLossOnly()
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var made = new LossCase(3);
        PolicyLoss.AggregateCispo(made.LogProbs, made.Other, made.Advantages, made.Mask, LossNormalizer.FromMask(Aggregation.TokenMean, made.Mask), 2).Loss.requires_grad.Should().BeFalse();
    }

    public sealed record AggregatedLoss(string Name, Func<Tensor, Tensor, Tensor, Tensor, PolicyLossTerms> PerToken, Func<Tensor, Tensor, Tensor, Tensor, LossNormalizer, PolicyLossSum> Aggregate)
    {
        public override string ToString() => Name;
    }
}
