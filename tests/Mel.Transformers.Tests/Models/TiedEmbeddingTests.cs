using Mel.Head;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

/// <summary>Scoring differentiates both uses of a tied embedding in one node of the graph; the public pieces of the model differentiate them apart.</summary>
[TestFixture, NoTensorLeaks]
public sealed class TiedEmbeddingTests
{
    // Token 4 occurs often, in the middle and at the end; 2 is read and never predicted.
    private static readonly TokenBatch Batch = new([new TokenSequence(new[] { 4, 2 }, new[] { 4, 4, 5 }), new TokenSequence(new[] { 2 }, new[] { 8, 4 })]);

    [Test]
    public void Score_GradientOfTheEmbedding_EqualsThatOfLookupAndHeadApart([Values(-1, 4, 2)] int padding)
    {
        using TransformerPolicy policy = Policy(DecoderFamily.Qwen3, padding);
        using var scope = NewDisposeScope();
        Tensor embedding = policy.Parameters[ParameterLayout.Embedding];
        policy.Score(Batch).LogProbs.sum().backward();
        Tensor together = embedding.grad!.clone();
        foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;

        ReadOnlyMemory<int>[] inputs = [new[] { 4, 2, 4, 4 }, new[] { 2, 8 }];
        Tensor hidden = policy.Model.Hidden(inputs, out _).index_select(0, tensor([1L, 2, 3, 4, 5]));
        TokenLogProbs.FromLogits(policy.Model.Logits(hidden), tensor([4L, 4, 5, 8, 4])).sum().backward();

        (together - embedding.grad!).abs().max().item<float>().Should().BeLessThan(1e-5f);
    }

    [Test]
    public void Score_Grad_GivesWhatBackwardLeaves_AndAddsToNothing()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        using var scope = NewDisposeScope();
        Tensor embedding = policy.Parameters[ParameterLayout.Embedding];
        Tensor alone = autograd.grad([policy.Score(Batch).LogProbs.sum()], [embedding])[0];
        embedding.grad.Should().BeNull();

        policy.Score(Batch).LogProbs.sum().backward();
        policy.Score(Batch).LogProbs.sum().backward();

        (2 * alone - embedding.grad!).abs().max().item<float>().Should().BeLessThan(1e-5f);
    }

    [Test]
    public void Score_Padding_LearnsNothingFromWhereItIsRead([Values] bool throughTheHead)
    {
        using TransformerPolicy policy = Policy(DecoderFamily.Llama, padding: 4), plain = Policy(DecoderFamily.Llama, padding: -1);
        using var scope = NewDisposeScope();
        Tensor given = Gradient(policy), expected = Gradient(plain);
        expected[4].abs().sum().item<float>().Should().BeGreaterThan(0);
        given[4].abs().sum().item<float>().Should().Be(0);
        expected[4].zero_();
        (given - expected).abs().max().item<float>().Should().BeLessThan(1e-6f);

        Tensor Gradient(TransformerPolicy of)
        {
            if (throughTheHead) of.Score(Batch).LogProbs.sum().backward();
            else of.Model.Hidden([new[] { 4, 2, 4, 4 }], out _).sum().backward();
            return of.Parameters[ParameterLayout.Embedding].grad!;
        }
    }

    private static TransformerPolicy Policy(DecoderFamily family, int padding)
        => new(DecoderModel.Create(TinyModels.Config(family) with { PaddingTokenId = padding < 0 ? null : padding }, 3), new NumberTokenizer());
}
