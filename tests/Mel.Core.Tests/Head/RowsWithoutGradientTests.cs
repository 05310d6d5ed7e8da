using Mel.Head;
using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

/// <summary>
/// Rows that carry no gradient must not enter a product: their hidden states are NaN here, and NaN x 0 in any of the products would reach the gradients of the
/// others.
/// </summary>
[TestFixture, NoTensorLeaks]
public sealed class RowsWithoutGradientTests
{
    private static readonly ClipRange Clip = new(0.2, 0.28);
    private static readonly long[] Masked = [1, 6], WithoutAdvantage = [3, 4], Trained = [0, 2, 5, 7];

    [Test]
    public void FromHidden_MaskedOrWithoutAdvantage_AreLeftOutOfTheBackwardPass(
        [Values(ScalarType.Float64, ScalarType.Float32)] ScalarType dtype, [Values(0, 1, 3)] int chunkRows)
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(8, 5, 300, dtype);
        Tensor old = (made.Old - 5).to_type(dtype), slopes;
        using (Tensor leaf = TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.detach().unsqueeze(0).requires_grad_())
        {
            Tensor advantages = WithZeros(made.Advantages).to_type(dtype).unsqueeze(0), mask = Weights(made.Advantages).ne(0).unsqueeze(0);
            MaskedReduce.Aggregate(PolicyLoss.ClippedSurrogate(leaf, old.unsqueeze(0), advantages, mask, Clip).Loss, ones(1, 8), new(Aggregation.TokenMean, 8, 1)).backward();
            slopes = leaf.grad!.squeeze(0);
        }
        Poison(made.Hidden);
        TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets, chunkRows: chunkRows).LogProbs.backward([slopes]);
        RequireGradientsOfTheTrainedRowsAlone(made, old, chunkRows);
    }

    [Test]
    public void FromHidden_NoRowHasAGradient_MakesNoProductInTheBackwardPass()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(8, 5, 300);
        using (no_grad()) made.Hidden.fill_(double.NaN);
        TokenLogProbs.FromHidden(made.Hidden, made.Head, made.Targets).LogProbs.backward([zeros(8, dtype: ScalarType.Float64)]);
        made.Hidden.grad!.count_nonzero().item<long>().Should().Be(0);
        made.Head.grad!.count_nonzero().item<long>().Should().Be(0);
    }

    [Test]
    public void FromHidden_FrozenHead_RowsWithoutGradientGetZero()
    {
        using var scope = NewDisposeScope();
        var made = new HeadCase(8, 5, 300);
        Tensor weights = Weights(made.Advantages) * WithZeros(made.Advantages), frozen = made.Head.detach();
        Poison(made.Hidden);
        TokenLogProbs.FromHidden(made.Hidden, frozen, made.Targets).LogProbs.backward([weights]);
        made.Hidden.grad!.isnan().any().item<bool>().Should().BeFalse();
        using Tensor others = tensor((long[])[.. Masked, .. WithoutAdvantage]);
        made.Hidden.grad!.index_select(0, others).count_nonzero().item<long>().Should().Be(0);
    }

    /// <summary>The same loss over a batch that never held the other rows.</summary>
    private static void RequireGradientsOfTheTrainedRowsAlone(HeadCase made, Tensor old, int chunkRows)
    {
        using Tensor trained = tensor(Trained);
        Tensor Rows(Tensor of) => of.detach().index_select(0, trained);
        Tensor hidden = Rows(made.Hidden).requires_grad_(), head = made.Head.detach().clone().requires_grad_();
        Tensor logProbs = TokenLogProbs.FromHidden(hidden, head, Rows(made.Targets), chunkRows: chunkRows).LogProbs.unsqueeze(0);
        Tensor mask = ones(1, Trained.Length), advantages = Rows(made.Advantages).to_type(logProbs.dtype).unsqueeze(0);
        Tensor loss = PolicyLoss.ClippedSurrogate(logProbs, Rows(old).unsqueeze(0), advantages, mask, Clip).Loss;
        MaskedReduce.Aggregate(loss, mask, new(Aggregation.TokenMean, 8, 1)).backward();
        double tolerance = made.Hidden.dtype == ScalarType.Float64 ? 1e-14 : 1e-6;
        TokenLogProbsTests.Difference(Rows(made.Hidden.grad!), hidden.grad!).Should().BeLessThan(tolerance);
        TokenLogProbsTests.Difference(made.Head.grad!, head.grad!).Should().BeLessThan(tolerance);
        hidden.grad!.count_nonzero().item<long>().Should().BePositive();
        using Tensor others = tensor((long[])[.. Masked, .. WithoutAdvantage]);
        made.Hidden.grad!.index_select(0, others).count_nonzero().item<long>().Should().Be(0);
    }

    private static void Poison(Tensor hidden)
    {
        using var constant = no_grad();
        foreach (long row in (long[])[.. Masked, .. WithoutAdvantage]) hidden[row] = double.NaN;
    }

    private static Tensor WithZeros(Tensor advantages)
    {
        Tensor zeroed = advantages.clone();
        foreach (long row in WithoutAdvantage) zeroed[row] = 0;
        return zeroed;
    }

    private static Tensor Weights(Tensor like)
    {
        Tensor weights = full_like(like, 1.0 / 8);
        foreach (long row in Masked) weights[row] = 0;
        return weights;
    }
}
