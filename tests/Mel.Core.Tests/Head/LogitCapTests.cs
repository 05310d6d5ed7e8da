using Mel.Head;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

/// <summary>Logits that approach a bound, cap tanh(logit / cap), before the softmax.</summary>
[TestFixture, NoTensorLeaks]
public sealed class LogitCapTests
{
    private const double Cap = 1.5;

    [Test]
    public void FromHidden_Cap_EqualsThePlainComposition([Values(0, 3)] int chunkRows, [Values(1.0, 0.7)] double temperature, [Values] bool trainsHead)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 5, 300, ScalarType.Float64);
        (Tensor hidden, Tensor head, Tensor expected, Tensor expectedEntropy) = Plain(made, temperature);
        Tensor given = trainsHead ? made.Head : made.Head.detach();
        (Tensor logProbs, Tensor? entropy) = TokenLogProbs.FromHidden(
            made.Hidden, given, made.Targets, temperature, entropy: true, chunkRows, logitCap: Cap);
        ((logProbs * made.Upstream).sum() + (entropy! * made.EntropyUpstream).sum()).backward();
        ((expected * made.Upstream).sum() + (expectedEntropy * made.EntropyUpstream).sum()).backward();
        TokenLogProbsTests.Difference(logProbs, expected).Should().BeLessThan(1e-10);
        TokenLogProbsTests.Difference(entropy!, expectedEntropy).Should().BeLessThan(1e-10);
        TokenLogProbsTests.Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(1e-10);
        if (trainsHead) TokenLogProbsTests.Difference(made.Head.grad!, head.grad!).Should().BeLessThan(1e-10);
    }

    [Test]
    public void WithGradient_Cap_EqualsThePlainComposition([Values(0, 3)] int chunkRows, [Values] bool frozen)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(7, 5, 300, ScalarType.Float64);
        (Tensor hidden, Tensor head, Tensor expected, _) = Plain(made, 1);
        Tensor given = frozen ? made.Head.detach() : made.Head;
        HeadGradient result = TokenLogProbs.WithGradient(
            made.Hidden, given, made.Targets, (logProbs, _, first) => made.Upstream.narrow(0, first, logProbs.size(0)), chunkRows: chunkRows, logitCap: Cap);
        result.Carrier.backward();
        (expected * made.Upstream).sum().backward();
        TokenLogProbsTests.Difference(result.LogProbs, expected).Should().BeLessThan(1e-10);
        TokenLogProbsTests.Difference(made.Hidden.grad!, hidden.grad!).Should().BeLessThan(1e-10);
        if (!frozen) TokenLogProbsTests.Difference(made.Head.grad!, head.grad!).Should().BeLessThan(1e-10);
    }

    [Test]
    public void FromHidden_CapThatIsNotPositive_IsRefused()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(2, 3, 10, ScalarType.Float64);
        FluentActions.Invoking(() => TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets, logitCap: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static (Tensor Hidden, Tensor Head, Tensor LogProbs, Tensor Entropy) Plain(HeadCase made, double temperature)
    {
        Tensor hidden = made.Hidden.detach().clone().requires_grad_(), head = made.Head.detach().clone().requires_grad_();
        Tensor logs = ((hidden.mm(head.t()) / Cap).tanh() * (Cap / temperature)).log_softmax(1);
        return (hidden, head, logs.gather(1, made.Targets.unsqueeze(1)).squeeze(1), -(logs.exp() * logs).sum(1));
    }
}
