using Mel.Head;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture, NoTensorLeaks]
public sealed class TokenLogProbsTests
{
    /// <summary>Whether the entropy is asked for under a frozen head, and whether it carries gradient.</summary>
    public enum FrozenEntropy
    {
        None,
        Reported,
        InTheLoss,
    }

    [Test]
    public void FromHidden_AnyChunk_EqualsThePlainComposition(
        [Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype, [Values(0, 1, 3, 7)] int chunkRows, [Values(1.0, 0.7)] double temperature, [Values] bool entropy)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 5, 300, dtype);
        (Tensor hidden, Tensor head, Tensor expected, Tensor expectedEntropy) = made.Plain(temperature);
        (Tensor logProbs, Tensor? spread) = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets, temperature, entropy, chunkRows);
        Tensor loss = (logProbs * made.Upstream).sum(), expectedLoss = (expected * made.Upstream).sum();
        if (entropy)
        {
            loss = loss + (spread! * made.EntropyUpstream).sum();
            expectedLoss = expectedLoss + (expectedEntropy * made.EntropyUpstream).sum();
        }
        loss.backward();
        expectedLoss.backward();
        double tolerance = dtype == ScalarType.Float64 ? 1e-10 : 2e-5;
        Difference(logProbs, expected).Should().BeLessThan(tolerance);
        if (entropy) Difference(spread!, expectedEntropy).Should().BeLessThan(tolerance);
        Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(tolerance);
        Difference(made.Head.grad!, head.grad!).Should().BeLessThan(tolerance);
    }

    [Test]
    public void FromHidden_SeveralBlocksOfColumns_EqualsThePlainComposition([Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(3, 4, 40_000, dtype);                                   // wider than one block
        (Tensor hidden, Tensor head, Tensor expected, Tensor expectedEntropy) = made.Plain(1);
        (Tensor logProbs, Tensor? spread) = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets, entropy: true);
        ((logProbs * made.Upstream).sum() + (spread! * made.EntropyUpstream).sum()).backward();
        ((expected * made.Upstream).sum() + (expectedEntropy * made.EntropyUpstream).sum()).backward();
        double tolerance = dtype == ScalarType.Float64 ? 1e-10 : 5e-5;
        Difference(logProbs, expected).Should().BeLessThan(tolerance);
        Difference(spread!, expectedEntropy).Should().BeLessThan(tolerance);
        Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(tolerance);
        Difference(made.Head.grad!, head.grad!).Should().BeLessThan(tolerance);
    }

    [Test]
    public void FromHidden_BFloat16Weights_AccumulatesInFloat32([Values(0, 3)] int chunkRows, [Values] bool native, [Values] bool wideHidden)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 16, 500, ScalarType.BFloat16);
        (Tensor hidden, Tensor head, Tensor expected, _) = made.Plain(1);
        Tensor given = wideHidden ? made.Hidden.to_type(ScalarType.Float32) : made.Hidden;
        Tensor logProbs = TokenLogProbs.ComputeFromHidden(given, made.Head, made.Targets, native, chunkRows: chunkRows).LogProbs;
        (logProbs * made.Upstream).sum().backward();
        (expected * made.Upstream).sum().backward();
        logProbs.dtype.Should().Be(ScalarType.Float32);
        made.Head.grad!.dtype.Should().Be(ScalarType.BFloat16);
        Difference(logProbs, expected).Should().BeLessThan(0.03, "a logit of 8 is rounded to 1/64 by a bfloat16 product");
        Relative(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(0.02);
        Relative(made.Head.grad!, head.grad!).Should().BeLessThan(0.02);
    }

    [Test]
    public void FromHidden_RowsWithoutGradient_GiveZeroAndAreNotTouched()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Tensor some = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets, chunkRows: 2).LogProbs;
        (some * tensor(new[] { 0.0, 2.0, 0.0, 0.0 })).sum().backward();
        (Tensor hidden, Tensor head, Tensor expected, _) = made.Plain(1);
        (expected * tensor(new[] { 0.0, 2.0, 0.0, 0.0 })).sum().backward();
        made.Hidden.grad![0].count_nonzero().item<long>().Should().Be(0);
        Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(1e-12);
        Difference(made.Head.grad!, head.grad!).Should().BeLessThan(1e-12);
    }

    [Test]
    public void FromHidden_NoRowWithGradient_GivesZeroGradients()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        (TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs * 0).sum().backward();
        made.Hidden.grad!.count_nonzero().item<long>().Should().Be(0);
        made.Head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void FromHidden_FrozenHead_HiddenStatesGetTheGradientOfThePlainComposition(
        [Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype, [Values(0, 3)] int chunkRows, [Values(1.0, 0.7)] double temperature, [Values] FrozenEntropy entropy)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 4, 40_000, dtype);                                   // wider than one block
        (Tensor hidden, Tensor head, Tensor expected, Tensor expectedEntropy) = made.Plain(temperature);
        Tensor frozen = made.Head.detach();
        (Tensor logProbs, Tensor? spread) = TokenLogProbs.FromHidden(made.Hidden, frozen, made.Targets, temperature, entropy != FrozenEntropy.None, chunkRows, entropyGradient: entropy == FrozenEntropy.InTheLoss);
        Tensor loss = (logProbs * made.Upstream).sum(), expectedLoss = (expected * made.Upstream).sum();
        if (entropy == FrozenEntropy.InTheLoss)
        {
            loss = loss + (spread! * made.EntropyUpstream).sum();
            expectedLoss = expectedLoss + (expectedEntropy * made.EntropyUpstream).sum();
        }
        loss.backward();
        expectedLoss.backward();
        double tolerance = dtype == ScalarType.Float64 ? 1e-10 : 5e-5;
        Difference(logProbs, expected).Should().BeLessThan(tolerance);
        if (spread is not null) Difference(spread, expectedEntropy).Should().BeLessThan(tolerance);
        if (entropy == FrozenEntropy.Reported) spread!.requires_grad.Should().BeFalse();
        Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(tolerance);
        frozen.grad.Should().BeNull();
    }

    [Test]
    public void FromHidden_FrozenBFloat16Head_AccumulatesInFloat32([Values(0, 3)] int chunkRows, [Values] bool native)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 16, 500, ScalarType.BFloat16);
        (Tensor hidden, Tensor head, Tensor expected, _) = made.Plain(1);
        Tensor logProbs = TokenLogProbs.ComputeFromHidden(made.Hidden, made.Head.detach(), made.Targets, native, chunkRows: chunkRows).LogProbs;
        (logProbs * made.Upstream).sum().backward();
        (expected * made.Upstream).sum().backward();
        Difference(logProbs, expected).Should().BeLessThan(0.03, "a logit of 8 is rounded to 1/64 by a bfloat16 product");
        Relative(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(0.02);
    }

    [Test]
    public void FromHidden_FrozenHead_ItsLogitsAreMadeOnce()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 4, 300);
        Tensor frozen = made.Head.detach().clone(), loss = TokenLogProbs.FromHidden(made.Hidden, frozen, made.Targets).LogProbs.sum();
        (Tensor hidden, Tensor head, Tensor expected, _) = made.Plain(1);
        frozen.fill_(double.NaN);                                                       // the backward pass does not read it any more
        loss.backward();
        expected.sum().backward();
        Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(1e-10);
    }

    [Test]
    public void FromHidden_TwoBackwardPasses_AddUp()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.sum().backward();
        Tensor once = made.Head.grad!.clone();
        TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.sum().backward();
        Difference(made.Head.grad!, once * 2).Should().BeLessThan(1e-12);
    }

    [Test]
    public void FromHidden_HiddenStatesComeFromAGraph_GradientReachesTheirSource()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Tensor source = made.Hidden.detach().clone().requires_grad_();
        TokenLogProbs.FromHidden(source.tanh(), made.Head, made.Targets).LogProbs.sum().backward();
        (Tensor hidden, _, Tensor expected, _) = new HeadCase(4, 3, 20).Plain(1);
        _ = (hidden, expected);
        Tensor plainSource = made.Hidden.detach().clone().requires_grad_();
        plainSource.tanh().mm(made.Head.detach().t()).log_softmax(-1).gather(1, made.Targets.unsqueeze(1)).sum().backward();
        Difference(source.grad!, plainSource.grad!).Should().BeLessThan(1e-12);
    }

    [Test]
    public void FromHidden_NoRows_GivesEmptyResults()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = zeros(0, 3, requires_grad: true), head = ones(5, 3, requires_grad: true);
        Tensor logProbs = TokenLogProbs.FromHidden(hidden, head, zeros(0, dtype: ScalarType.Int64)).LogProbs;
        logProbs.sum().backward();
        logProbs.numel().Should().Be(0);
        head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void FromHidden_InputChangedBeforeBackward_ThrowsInsteadOfEndingTheProcess()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Tensor loss = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.sum();
        using (no_grad()) made.Head.add_(1);
        Action backward = () => BackwardGuard.Run(() => loss.backward());
        backward.Should().Throw<InvalidOperationException>()
            .WithInnerException<System.Runtime.InteropServices.ExternalException>().WithMessage("*inplace operation*");
    }

    [Test]
    public void FromHidden_WrongShapes_AreNamed()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Action head = () => TokenLogProbs.FromHidden(made.Hidden, ones(20, 4, dtype: ScalarType.Float64), made.Targets);
        Action targets = () => TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets.narrow(0, 0, 3));
        head.Should().Throw<ShapeMismatchException>().WithMessage("*[4, 3]*[20, 4]*");
        targets.Should().Throw<ShapeMismatchException>().WithMessage("*one token per row*");
    }

    internal static double Difference(Tensor actual, Tensor expected)
        => (actual.detach().to_type(ScalarType.Float64) - expected.detach().to_type(ScalarType.Float64)).abs().max().item<double>();

    private static double Relative(Tensor actual, Tensor expected)
        => ((actual.detach().to_type(ScalarType.Float64) - expected.detach()).norm() / expected.detach().norm()).item<double>();
}
