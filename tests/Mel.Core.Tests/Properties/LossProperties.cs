using FsCheck;
using FsCheck.Fluent;
using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Properties;

/// <summary>What holds for every per-token loss, on random batches. A failing case is named by its seed.</summary>
[TestFixture, NoTensorLeaks]
public sealed class LossProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(30);

    public static IReadOnlyList<LossFamily> Families => LossFamily.All;

    /// <summary>Without those that stop their gradient on purpose.</summary>
    public static IReadOnlyList<LossFamily> Differentiable => [.. LossFamily.All.Where(family => family.HasTrueGradient)];

    /// <summary>Without DPPO, whose gate on a difference of probabilities may fall either way in float32.</summary>
    public static IReadOnlyList<LossFamily> Continuous => [.. LossFamily.All.Where(family => family.Name is not "DPPO")];

    [TestCaseSource(nameof(Families))]
    public void Loss_PaddedWithGarbage_IsUnchanged(LossFamily family) => ForAll(made =>
    {
        (double loss, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, Aggregation.SequenceMeanTokenMean);
        Tensor Pad(Tensor t, double with) => cat([t.detach(), full(made.Rows, 3, with, t.dtype)], 1);
        Tensor padded = Pad(made.LogProbs, double.NaN).requires_grad_(), mask = cat([made.Mask, zeros(made.Rows, 3, dtype: ScalarType.Bool)], 1);
        (double paddedLoss, double[] paddedGradient) = Evaluate(family, padded, Pad(made.Other, double.PositiveInfinity), Pad(made.Advantages, double.NaN), mask, Aggregation.SequenceMeanTokenMean);
        paddedLoss.Should().BeApproximately(loss, 1e-12);
        for (int r = 0; r < made.Rows; r++)
            for (int t = 0; t < made.Columns + 3; t++)
            {
                double actual = paddedGradient[r * (made.Columns + 3) + t];
                if (t < made.Columns) actual.Should().BeApproximately(gradient[r * made.Columns + t], 1e-12);
                else actual.Should().Be(0, "a masked position carries no gradient, whatever it holds");
            }
    });

    [TestCaseSource(nameof(Families))]
    public void Loss_MaskedPositions_HaveExactlyZeroGradient(LossFamily family) => ForAll(made =>
    {
        (_, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, Aggregation.TokenMean);
        for (int i = 0; i < gradient.Length; i++)
            if (!made.MaskData[i]) gradient[i].Should().Be(0);
    });

    [TestCaseSource(nameof(Families))]
    public void Loss_SplitIntoMicroBatches_AddsUp(LossFamily family) => ForAll(made =>
    {
        foreach (Aggregation aggregation in Enum.GetValues<Aggregation>())
        {
            LossNormalizer whole = LossNormalizer.FromMask(aggregation, made.Mask, fixedLength: 17);
            (double loss, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, aggregation);
            made.LogProbs.grad = null;
            double sum = 0;
            int first = made.Rows / 2;
            foreach ((int start, int count) in ((int, int)[])[(0, first), (first, made.Rows - first)])
            {
                if (count == 0) continue;
                Tensor Part(Tensor t) => t.narrow(0, start, count);
                Tensor part = MaskedReduce.Aggregate(family.PerToken(Part(made.LogProbs), Part(made.Other), Part(made.Advantages), Part(made.Mask)), Part(made.Mask), whole);
                part.backward();
                sum += part.item<double>();
            }
            sum.Should().BeApproximately(loss, 1e-12);
            Same(made.LogProbs.grad!.data<double>().ToArray(), gradient, 1e-12);
            made.LogProbs.grad = null;
        }
    });

    [TestCaseSource(nameof(Differentiable))]
    public void Loss_FiniteDifferences_AgreeWithTheGradient(LossFamily family)
    {
        ForAll(made =>
        {
            (_, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, Aggregation.SequenceMeanTokenMean);
            const double step = 1e-6;
            for (int i = 0; i < gradient.Length; i += 5)
            {
                double At(double offset)
                {
                    Tensor moved = made.LogProbs.detach().clone();
                    using (no_grad()) moved.view(-1)[i] += offset;
                    return Evaluate(family, moved, made.Other, made.Advantages, made.Mask, Aggregation.SequenceMeanTokenMean).Loss;
                }
                double up = At(step), here = At(0), down = At(-step);
                if (Math.Abs((up - here) - (here - down)) > 1e-9) continue;             // a kink lies between
                ((up - down) / (2 * step)).Should().BeApproximately(gradient[i], 1e-6);
            }
        });
    }

    [TestCaseSource(nameof(Families))]
    public void Loss_MaskedPositionsHoldNaN_ChangesNothing(LossFamily family) => ForAll(made =>
    {
        (double loss, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, Aggregation.SequenceMeanTokenMean);
        Tensor Poisoned(Tensor t) => where(made.Mask, t.detach(), full_like(t, double.NaN));
        (double poisonedLoss, double[] poisonedGradient) = Evaluate(
            family, Poisoned(made.LogProbs).requires_grad_(), Poisoned(made.Other), OfToken(family) ? Poisoned(made.Advantages) : made.Advantages, made.Mask, Aggregation.SequenceMeanTokenMean);
        poisonedLoss.Should().Be(loss);
        poisonedGradient.Should().Equal(gradient);
    });

    [TestCaseSource(nameof(Families))]
    public void Loss_TransposedInputsAndMaskOfNumbers_GiveTheSame(LossFamily family) => ForAll(made =>
    {
        (double loss, double[] gradient) = Evaluate(family, made.LogProbs, made.Other, made.Advantages, made.Mask, Aggregation.TokenMean);
        static Tensor Strided(Tensor t) => t.detach().t().contiguous().t();
        (double otherLoss, double[] otherGradient) = Evaluate(family, Strided(made.LogProbs).requires_grad_(), Strided(made.Other), Strided(made.Advantages),
            Strided(made.Mask.to_type(ScalarType.Float64)), Aggregation.TokenMean);
        otherLoss.Should().BeApproximately(loss, 1e-12);
        Same(otherGradient, gradient, 1e-15);
    });

    [TestCaseSource(nameof(Continuous))]
    public void Loss_Float32_IsCloseToFloat64(LossFamily family)
    {
        Prop.ForAll(Seeds, seed =>
        {
            using var scope = NewDisposeScope();
            var exact = new LossCase(seed);
            Tensor perToken = family.PerToken(exact.LogProbs, exact.Other, exact.Advantages, exact.Mask);
            var narrow = new LossCase(seed, ScalarType.Float32);
            Tensor narrowPerToken = family.PerToken(narrow.LogProbs, narrow.Other, narrow.Advantages, narrow.Mask);
            narrowPerToken.dtype.Should().Be(ScalarType.Float32);
            (narrowPerToken.to_type(ScalarType.Float64) - perToken).abs().max().item<double>().Should().BeLessThan(5e-5);
        }).Check(Runs);
    }

    [Test]
    public void ClippedSurrogate_EqualsASlowLoop() => ForAll(made =>
    {
        PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(made.LogProbs, made.Other, made.Advantages, made.Mask, new(0.2, 0.28), dualClip: 1.5);
        double[] x = made.LogProbs.detach().data<double>().ToArray(), y = made.Other.data<double>().ToArray(), a = made.Advantages.data<double>().ToArray();
        double[] loss = terms.Loss.detach().data<double>().ToArray(), ratio = terms.Ratio.data<double>().ToArray();
        bool[] low = terms.ClippedLow.data<bool>().ToArray(), high = terms.ClippedHigh.data<bool>().ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            double rho = made.MaskData[i] ? Math.Exp(Math.Clamp(x[i] - y[i], -20, 20)) : 1;
            double gain = Math.Min(rho * a[i], Math.Clamp(rho, 0.8, 1.28) * a[i]);
            if (a[i] < 0) gain = Math.Max(gain, 1.5 * a[i]);
            loss[i].Should().BeApproximately(made.MaskData[i] ? -gain : 0, 1e-12);
            ratio[i].Should().BeApproximately(rho, 1e-12);
            low[i].Should().Be(made.MaskData[i] && a[i] < 0 && rho < 0.8);
            high[i].Should().Be(made.MaskData[i] && a[i] > 0 && rho > 1.28);
        }
    });

    /// <summary>Whether every token has an advantage of its own; otherwise the first one, which may be masked, gives that of the trajectory.</summary>
    private static bool OfToken(LossFamily family) => family.Name != "sequence";

    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    private static void ForAll(Action<LossCase> property) => Prop.ForAll(Seeds, seed =>
    {
        using var scope = NewDisposeScope();
        property(new LossCase(seed));
    }).Check(Runs);

    private static (double Loss, double[] Gradient) Evaluate(LossFamily family, Tensor logProbs, Tensor other, Tensor advantages, Tensor mask, Aggregation aggregation)
    {
        Tensor loss = MaskedReduce.Aggregate(family.PerToken(logProbs, other, advantages, mask), mask, LossNormalizer.FromMask(aggregation, mask, fixedLength: 17));
        if (!logProbs.requires_grad) return (loss.item<double>(), []);
        logProbs.grad = null;
        loss.backward();
        return (loss.item<double>(), logProbs.grad!.contiguous().data<double>().ToArray());
    }

    private static void Same(double[] actual, double[] expected, double tolerance)
    {
        actual.Should().HaveSameCount(expected);
        for (int i = 0; i < actual.Length; i++) actual[i].Should().BeApproximately(expected[i], tolerance);
    }
}
