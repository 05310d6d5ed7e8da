using Mel.Head;
using Mel.Losses;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture, NoTensorLeaks]
public sealed class HeadGradientTests
{
    private static readonly ClipRange Clip = new(0.2, 0.28);

    [Test]
    public void WithGradient_PolicyLoss_EqualsFromHiddenAndTheLoss(
        [Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype, [Values(0, 1, 3)] int chunkRows, [Values(1.0, 0.7)] double temperature,
        [Values] bool entropy)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 5, 300, dtype);
        (Tensor hidden, Tensor head, Tensor current, Tensor expectedEntropy) = made.Plain(temperature);
        Loss loss = new(made, current.detach());
        Tensor expected = loss.Of(current, 0);
        (expected * 0.5).backward();

        var values = new List<double>();
        HeadGradient result = TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, loss.Slopes(values), temperature, entropy, chunkRows);
        (result.Carrier * 0.5).backward();

        double tolerance = dtype == ScalarType.Float64 ? 1e-10 : 2e-5;
        values.Sum().Should().BeApproximately(expected.item<double>(), tolerance);
        result.Carrier.to_type(ScalarType.Float64).item<double>().Should().Be(0);
        TokenLogProbsTests.Difference(result.LogProbs, current).Should().BeLessThan(tolerance);
        if (entropy) TokenLogProbsTests.Difference(result.Entropy!, expectedEntropy).Should().BeLessThan(tolerance);
        else result.Entropy.Should().BeNull();
        TokenLogProbsTests.Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(tolerance);
        TokenLogProbsTests.Difference(made.Head.grad!, head.grad!).Should().BeLessThan(tolerance);
    }

    [Test]
    public void WithGradient_BFloat16Weights_IsCloseToFloat64([Values(0, 3)] int chunkRows, [Values] bool native, [Values] bool wideHidden)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 16, 500, ScalarType.BFloat16);
        (Tensor hidden, Tensor head, Tensor current, _) = made.Plain(1);
        Tensor given = wideHidden ? made.Hidden.to_type(ScalarType.Float32) : made.Hidden;
        HeadGradient result = TokenLogProbs.ComputeWithGradient(
            given, made.Head, made.Targets, (logProbs, _, first) => made.Upstream.narrow(0, first, logProbs.size(0)), native, chunkRows: chunkRows);
        result.Carrier.backward();
        (current * made.Upstream).sum().backward();
        made.Head.grad!.dtype.Should().Be(ScalarType.BFloat16);
        TokenLogProbsTests.Difference(result.LogProbs, current).Should().BeLessThan(0.03, "a logit of 8 is rounded to 1/64 by a bfloat16 product");
        ((made.Head.grad!.to_type(ScalarType.Float64) - head.grad!).norm() / head.grad!.norm()).item<double>().Should().BeLessThan(0.04);
        ((made.Hidden.grad!.to_type(ScalarType.Float64) - hidden.grad!).norm() / hidden.grad!.norm()).item<double>().Should().BeLessThan(0.04);
    }

    [Test]
    public void WithGradient_SeveralBlocksOfColumns_EqualsFromHidden()
    {
        using var scope = NewDisposeScope();
        HeadCase made = new(3, 4, 40_000), same = new(3, 4, 40_000);                    // wider than one block
        TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, _) => made.Upstream).Carrier.backward();
        (TokenLogProbs.FromHidden(same.Hidden, same.Head, same.Targets).LogProbs * same.Upstream).sum().backward();
        TokenLogProbsTests.Difference(made.Hidden.grad!, same.Hidden.grad!).Should().BeLessThan(1e-12);
        TokenLogProbsTests.Difference(made.Head.grad!, same.Head.grad!).Should().BeLessThan(1e-12);
    }

    [Test]
    public void WithGradient_OnlyOneInputCarriesGradient_TheOtherGetsNone([Values] bool ofHead)
    {
        using var scope = NewDisposeScope();
        HeadCase made = new(4, 3, 20), same = new(4, 3, 20);
        Tensor hidden = ofHead ? made.Hidden.detach() : made.Hidden, head = ofHead ? made.Head : made.Head.detach();
        TokenLogProbs.WithGradient(hidden, head, made.Targets, (_, _, _) => made.Upstream).Carrier.backward();
        (TokenLogProbs.FromHidden(same.Hidden, same.Head, same.Targets).LogProbs * same.Upstream).sum().backward();
        TokenLogProbsTests.Difference((ofHead ? head : hidden).grad!, (ofHead ? same.Head : same.Hidden).grad!).Should().BeLessThan(1e-12);
        (ofHead ? hidden : head).grad.Should().BeNull();
    }

    [Test]
    public void WithGradient_HiddenStatesComeFromAGraph_GradientReachesTheirSource()
    {
        using var scope = NewDisposeScope();
        HeadCase made = new(4, 3, 20), same = new(4, 3, 20);
        TokenLogProbs.WithGradient(made.Hidden.tanh(), made.Head, made.Targets, (_, _, _) => made.Upstream).Carrier.backward();
        (TokenLogProbs.FromHidden(same.Hidden.tanh(), same.Head, same.Targets).LogProbs * same.Upstream).sum().backward();
        TokenLogProbsTests.Difference(made.Hidden.grad!, same.Hidden.grad!).Should().BeLessThan(1e-12);
    }

    [Test]
    public void WithGradient_NoSlope_GivesZeroGradients()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        HeadGradient result = TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (logProbs, _, _) => zeros_like(logProbs));
        result.Carrier.backward();
        made.Hidden.grad!.count_nonzero().item<long>().Should().Be(0);
        made.Head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void WithGradient_ChunkWithoutSlope_EntersNoProductOfAGradient([Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        HeadCase made = new(6, 5, 300, dtype), same = new(6, 5, 300, dtype);
        using (no_grad())
            foreach (long row in (long[])[0, 1, 4, 5]) made.Hidden[row] = double.NaN;   // NaN x 0 in a product would reach the head's gradient
        Tensor slopes = made.Upstream * tensor(new[] { 0.0, 0, 1, 1, 0, 0 });
        TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, first) => slopes.narrow(0, first, 2), chunkRows: 2).Carrier.backward();
        (TokenLogProbs.FromHidden(same.Hidden, same.Head, same.Targets).LogProbs * slopes).sum().backward();
        double tolerance = dtype == ScalarType.Float64 ? 1e-14 : 1e-6;
        TokenLogProbsTests.Difference(made.Hidden.grad!, same.Hidden.grad!).Should().BeLessThan(tolerance);
        TokenLogProbsTests.Difference(made.Head.grad!, same.Head.grad!).Should().BeLessThan(tolerance);
    }

    [Test]
    public void WithGradient_NoRows_GivesEmptyResults()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = zeros(0, 3, requires_grad: true), head = ones(5, 3, requires_grad: true);
        HeadGradient result = TokenLogProbs.WithGradient(hidden, head, zeros(0, dtype: ScalarType.Int64), (logProbs, _, _) => logProbs);
        result.Carrier.backward();
        result.LogProbs.numel().Should().Be(0);
        head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void WithGradient_WithoutGradientRecording_GivesLogProbsOnly()
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var made = new HeadCase(4, 3, 20);
        HeadGradient result = TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (logProbs, _, _) => logProbs);
        result.Carrier.requires_grad.Should().BeFalse();
        TokenLogProbsTests.Difference(result.LogProbs, made.Plain(1).LogProbs).Should().BeLessThan(1e-12);
    }

    [Test]
    public void WithGradient_SecondBackward_IsRefused()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Tensor carrier = TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, _) => made.Upstream).Carrier;
        carrier.backward(null, create_graph: false, retain_graph: true);
        Action again = () => BackwardGuard.Run(() => carrier.backward());
        again.Should().Throw<InvalidOperationException>().WithInnerException<InvalidOperationException>().WithMessage("*differentiated before*");
    }

    [Test]
    public void WithGradient_SlopesThrow_TheExceptionReachesTheCallerAsItself()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Action act = () => TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, _) => throw new TimeoutException("no advantages yet"));
        act.Should().ThrowExactly<TimeoutException>().WithMessage("no advantages yet");
        is_grad_enabled().Should().BeTrue();
    }

    [Test]
    public void WithGradient_WrongShapes_AreNamed()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(4, 3, 20);
        Action head = () => TokenLogProbs.WithGradient(made.Hidden, ones(20, 4, dtype: ScalarType.Float64), made.Targets, (logProbs, _, _) => logProbs);
        Action slopes = () => TokenLogProbs.WithGradient(made.Hidden, made.Head, made.Targets, (_, _, _) => made.Upstream, chunkRows: 2);
        head.Should().Throw<ShapeMismatchException>().WithMessage("*[4, 3]*[20, 4]*");
        slopes.Should().Throw<ShapeMismatchException>().WithMessage("*slopes*[4]*[2]*");
    }

    /// <summary>A clipped surrogate with dual clip, corrections and a divergence; every fifth token is masked and one has no advantage.</summary>
    private sealed class Loss(HeadCase made, Tensor current)
    {
        private readonly Tensor _weights = tensor(Enumerable.Range(0, 7).Select(i => i % 5 == 1 ? 0.0 : 1.0 / 7).ToArray());
        private readonly Tensor _advantages = made.Advantages * tensor(new[] { 1.0, 1, 1, 0, 1, 1, 1 });
        private readonly Tensor _old = current + made.Old, _reference = current + made.Reference, _corrections = made.Upstream.abs();

        public Tensor Of(Tensor logProbs, long first)
        {
            Tensor Rows(Tensor of) => of.narrow(0, first, logProbs.size(0)).unsqueeze(0);
            Tensor now = logProbs.unsqueeze(0), weights = Rows(_weights), mask = weights.ne(0);
            Tensor perToken = PolicyLoss.ClippedSurrogate(now, Rows(_old), Rows(_advantages), mask, Clip, dualClip: 3).Loss * Rows(_corrections);
            return ((perToken + Divergence.K2(now, Rows(_reference), mask) * 0.1) * weights).sum();
        }

        public TokenSlopes Slopes(List<double> values) => (logProbs, _, first) =>
        {
            Tensor leaf = logProbs.to_type(ScalarType.Float64).requires_grad_(), loss = Of(leaf, first);
            loss.backward();
            values.Add(loss.item<double>());
            return leaf.grad!;
        };
    }
}
