using Mel.Runtime;
using Mel.Testing;
using Mel.Transformers.Kernels;
using Mel.Transformers.Models;
using Mel.Transformers.Packing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Kernels;

[TestFixture, NoTensorLeaks]
public sealed class AttentionTests
{
    [Test]
    public void SelfAttention_LongAndShortSegments_EqualTheFormula([Values(1, 2, 4)] int kvHeads, [Values] bool longSegments)
        => Compare(AttentionForm.Plain(8), kvHeads, longSegments);

    [Test]
    public void SelfAttention_WindowScaleAndCap_EqualTheFormula([Values(0, 1, 7)] int window, [Values] bool capped, [Values] bool longSegments)
        => Compare(new AttentionForm(8, 0.5f, window, capped ? 1.25f : null), 2, longSegments);

    [Test]
    public void CacheAttention_Window_EqualsTheFormula([Values(0, 1, 5, 40)] int window, [Values] bool composed)
    {
        const int heads = 4, kvHeads = 2, headSize = 8, slots = 30;
        var form = new AttentionForm(headSize, 0.5f, window);
        ModelConfig config = TinyModels.Config() with { Heads = heads, KeyValueHeads = kvHeads, HeadSize = headSize, Layers = 1 };
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        manual_seed(6);
        Tensor query = randn(2, heads * headSize);
        using var cache = new KvCache(config, 3, slots, ScalarType.Float32, CPU, composed ? Fused.Nowhere : Fused.WhereServed);
        cache.Keys(0).copy_(randn(3, kvHeads, slots, headSize));
        cache.Values(0).copy_(randn(3, kvHeads, slots, headSize));
        int[] rows = [2, 0], visible = [30, 11];
        Tensor given = composed ? Composed(query, cache, form, rows, visible) : FusedSteps(query, cache, form, rows, visible, heads);
        for (int i = 0; i < rows.Length; i++)
        {
            int first = window == 0 ? 0 : Math.Max(0, visible[i] - window);
            for (int h = 0; h < heads; h++)
            {
                Tensor k = cache.Keys(0)[rows[i], h / 2].narrow(0, first, visible[i] - first), v = cache.Values(0)[rows[i], h / 2].narrow(0, first, visible[i] - first);
                Tensor expected = (query[i].narrow(0, h * headSize, headSize).unsqueeze(0).mm(k.t()) * 0.5).softmax(1).mm(v).squeeze(0);
                (given[i].narrow(0, h * headSize, headSize) - expected).abs().max().item<float>().Should().BeLessThan(1e-5f);
            }
        }
    }

    private static Tensor Composed(Tensor query, KvCache cache, AttentionForm form, int[] rows, int[] visible)
    {
        PackedTokens tokens = PackedTokens.Continuations([1, 2], [new Segment(0, 1, visible[0] - 1, rows[0]), new Segment(1, 1, visible[1] - 1, rows[1])]);
        using var tables = new RotaryTables(TinyModels.Config());
        using var pass = new ForwardPass(tokens, tables, cache, false, Fused.Nowhere, query.device);
        return CachedAttention.Forward(0, query, form, pass);
    }

    private static unsafe Tensor FusedSteps(Tensor query, KvCache cache, AttentionForm form, int[] rows, int[] visible, int heads)
    {
        Tensor result = empty_like(query);
        CacheAttentionKernel.Forward(ParallelRows.Data(query), (int)query.size(1), ParallelRows.Data(cache.Keys(0)), ParallelRows.Data(cache.Values(0)),
            rows, visible, ParallelRows.Data(result), heads, cache.KeyValueHeads, form, cache.Capacity);
        return result;
    }

    private static void Compare(AttentionForm form, int kvHeads, bool longSegments)
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
        Tensor given = LayerMath.SelfAttention(query, key, value, tokens, form, Fused.WhereServed);
        (given * upstream).sum().backward();

        Tensor[] exact = [.. new[] { query, key, value }.Select(t => t.detach().to_type(ScalarType.Float64).requires_grad_())];
        Tensor expected = cat([.. tokens.Segments.Select(s => Formula(exact[0].narrow(0, s.Start, s.Length), exact[1].narrow(0, s.Start, s.Length),
            exact[2].narrow(0, s.Start, s.Length), kvHeads, form))], 0);
        (expected * upstream).sum().backward();
        (given - expected).abs().max().item<double>().Should().BeLessThan(1e-5);
        foreach (var (mine, theirs) in ((Tensor, Tensor)[])[(query, exact[0]), (key, exact[1]), (value, exact[2])])
            (mine.grad! - theirs.grad!).abs().max().item<double>().Should().BeLessThan(1e-5 * Math.Max(1, theirs.grad!.abs().max().item<double>()));
    }

    // softmax(cap(scale q k^T)) v under the causal mask with its window, head by head.
    private static Tensor Formula(Tensor query, Tensor key, Tensor value, int kvHeads, AttentionForm form)
    {
        int headSize = form.HeadSize;
        long length = query.size(0), heads = query.size(1) / headSize, group = heads / kvHeads;
        Tensor positions = arange(length), distance = positions.unsqueeze(1) - positions.unsqueeze(0);
        Tensor hidden = form.Window == 0 ? distance < 0 : (distance < 0) | (distance >= form.Window);
        return cat([.. Enumerable.Range(0, (int)heads).Select(h =>
        {
            Tensor q = query.narrow(1, h * headSize, headSize), k = key.narrow(1, h / group * headSize, headSize),
                v = value.narrow(1, h / group * headSize, headSize);
            Tensor scores = q.mm(k.t()) * form.Scale;
            if (form.Cap is { } cap) scores = (scores / cap).tanh() * cap;
            return scores.masked_fill(hidden, double.NegativeInfinity).softmax(1).mm(v);
        })], 1);
    }
}
