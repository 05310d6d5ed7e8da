using Mel.Testing;
using Mel.Transformers.Kernels;
using Mel.Transformers.Models;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Kernels;

[TestFixture, NoTensorLeaks]
public sealed class AttentionTests
{
    [Test]
    public void SelfAttention_LongAndShortSegments_EqualTheFormula([Values(1, 2, 4)] int kvHeads, [Values] bool longSegments)
    {
        const int heads = 4, headSize = 8;
        int[] lengths = longSegments ? [150, 150, 131] : [40, 3, 3];
        using var scope = NewDisposeScope();
        manual_seed(5);
        int count = lengths.Sum();
        Tensor query = randn(count, heads * headSize).requires_grad_(), key = randn(count, kvHeads * headSize).requires_grad_(),
            value = randn(count, kvHeads * headSize).requires_grad_();
        Tensor upstream = randn(count, heads * headSize);
        PackedTokens tokens = PackedTokens.Sequences([.. lengths.Select(n => (ReadOnlyMemory<int>)new int[n])], null, out _);
        Tensor given = LayerMath.SelfAttention(query, key, value, tokens, AttentionForm.Plain(headSize), Fused.WhereServed);
        (given * upstream).sum().backward();

        Tensor[] exact = [.. new[] { query, key, value }.Select(t => t.detach().to_type(ScalarType.Float64).requires_grad_())];
        Tensor expected = cat([.. tokens.Segments.Select(s => Formula(exact[0].narrow(0, s.Start, s.Length), exact[1].narrow(0, s.Start, s.Length),
            exact[2].narrow(0, s.Start, s.Length), kvHeads, headSize))], 0);
        (expected * upstream).sum().backward();
        (given - expected).abs().max().item<double>().Should().BeLessThan(1e-5);
        foreach (var (mine, theirs) in ((Tensor, Tensor)[])[(query, exact[0]), (key, exact[1]), (value, exact[2])])
            (mine.grad! - theirs.grad!).abs().max().item<double>().Should().BeLessThan(1e-5 * Math.Max(1, theirs.grad!.abs().max().item<double>()));
    }

    // softmax(q k^T / sqrt(d)) v under the causal mask, head by head.
    private static Tensor Formula(Tensor query, Tensor key, Tensor value, int kvHeads, int headSize)
    {
        long length = query.size(0), heads = query.size(1) / headSize, group = heads / kvHeads;
        Tensor later = ones(length, length, dtype: ScalarType.Bool).triu(1);
        return cat([.. Enumerable.Range(0, (int)heads).Select(h =>
        {
            Tensor q = query.narrow(1, h * headSize, headSize), k = key.narrow(1, h / group * headSize, headSize),
                v = value.narrow(1, h / group * headSize, headSize);
            return (q.mm(k.t()) / Math.Sqrt(headSize)).masked_fill(later, double.NegativeInfinity).softmax(1).mm(v);
        })], 1);
    }
}
