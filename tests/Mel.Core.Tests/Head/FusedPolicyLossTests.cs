using Mel.Head;
using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture, NoTensorLeaks, NonParallelizable]
public sealed class FusedPolicyLossTests
{
    private static readonly ClipRange Clip = new(0.2, 0.28);

    [Test]
    public void Compute_EqualsTheRecomputingPath([Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype, [Values(0, 1, 3)] int chunkRows, [Values(0.0, 0.1)] double klCoefficient, [Values(1.0, 0.7)] double temperature)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 5, 300, dtype);
        (Tensor hidden, Tensor head, Tensor current, _) = made.Plain(temperature);
        Tensor old = current.detach() + made.Old, reference = current.detach() + made.Reference, weights = Weights(7), corrections = made.Upstream.abs();
        Tensor advantages = made.Advantages.clone();
        using (no_grad()) advantages[3] = 0;
        var settings = new FusedPolicyLossSettings { Temperature = temperature, KlCoefficient = klCoefficient, ChunkRows = chunkRows, DualClip = 3 };
        FusedPolicyLossResult result = FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, old, advantages, weights, Clip, settings, reference, corrections);
        (result.Loss * 0.5).backward();

        Tensor mask = weights.ne(0).unsqueeze(0);
        Tensor perToken = PolicyLoss.ClippedSurrogate(current.unsqueeze(0), old.unsqueeze(0), advantages.unsqueeze(0), mask, Clip, dualClip: 3).Loss * corrections;
        perToken = perToken + Divergence.K2(current.unsqueeze(0), reference.unsqueeze(0), mask) * klCoefficient;
        Tensor expected = (perToken * weights).sum();
        (expected * 0.5).backward();
        double tolerance = dtype == ScalarType.Float64 ? 1e-10 : 2e-5;
        TokenLogProbsTests.Difference(result.Loss, expected).Should().BeLessThan(tolerance);
        TokenLogProbsTests.Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(tolerance);
        TokenLogProbsTests.Difference(made.Head.grad!, head.grad!).Should().BeLessThan(tolerance);
        Tensor computed = klCoefficient == 0 ? weights.ne(0) & advantages.ne(0) : weights.ne(0);
        result.Computed.eq(computed).all().item<bool>().Should().BeTrue();
        TokenLogProbsTests.Difference(result.LogProbs[computed], current[computed]).Should().BeLessThan(tolerance);
        result.LogProbs[computed.logical_not()].isnan().all().item<bool>().Should().BeTrue();
    }

    [Test]
    public void Compute_BFloat16Weights_IsCloseToFloat64([Values(0, 3)] int chunkRows)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 16, 500, ScalarType.BFloat16);
        (Tensor hidden, Tensor head, Tensor current, _) = made.Plain(1);
        Tensor old = current.detach(), weights = Weights(7);
        FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, old, made.Advantages, weights, ClipRange.None, new() { ChunkRows = chunkRows }).Loss.backward();
        (-(current - old).exp() * made.Advantages * weights).sum().backward();
        made.Head.grad!.dtype.Should().Be(ScalarType.BFloat16);
        ((made.Head.grad!.to_type(ScalarType.Float64) - head.grad!).norm() / head.grad!.norm()).item<double>().Should().BeLessThan(0.04);
        ((made.Hidden.grad!.to_type(ScalarType.Float64) - hidden.grad!).norm() / hidden.grad!.norm()).item<double>().Should().BeLessThan(0.04);
    }

    [Test]
    public void Compute_NoRowTrains_IsZeroWithZeroGradient()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        FusedPolicyLossResult result = FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, made.Old, zeros(4, dtype: ScalarType.Float64), ones(4, dtype: ScalarType.Float64), Clip);
        result.Loss.backward();
        result.Loss.item<double>().Should().Be(0);
        made.Hidden.grad!.count_nonzero().item<long>().Should().Be(0);
        made.Head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void Compute_WithoutGradientRecording_GivesTheLossOnly()
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var made = new HeadCase(4, 3, 20);
        FusedPolicyLossResult result = FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, made.Old, made.Advantages, ones(4, dtype: ScalarType.Float64), Clip);
        result.Loss.requires_grad.Should().BeFalse();
    }

    [Test]
    public void Compute_SecondBackward_Throws()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Tensor loss = FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, made.Old, made.Advantages, ones(4, dtype: ScalarType.Float64), Clip).Loss;
        loss.backward(null, create_graph: false, retain_graph: true);
        Action again = () => loss.backward();
        again.Should().Throw<System.Runtime.InteropServices.ExternalException>();
    }

    [Test]
    public void Compute_DivergenceWithoutReference_SaysWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Action missing = () => FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, made.Old, made.Advantages, made.Advantages, Clip, new() { KlCoefficient = 0.1 });
        Action k1 = () => FusedPolicyLoss.Compute(made.Hidden, made.Head, made.Targets, made.Old, made.Advantages, made.Advantages, Clip, new() { KlCoefficient = 0.1, KlEstimator = KlEstimator.K1 }, made.Old);
        missing.Should().Throw<ArgumentException>().WithMessage("*refLogProbs*");
        k1.Should().Throw<ArgumentException>().WithMessage("*expectation zero*");
    }

    /// <summary>Every fifth token is masked.</summary>
    private static Tensor Weights(int rows) => tensor(Enumerable.Range(0, rows).Select(i => i % 5 == 1 ? 0.0 : 1.0 / rows).ToArray());
}
