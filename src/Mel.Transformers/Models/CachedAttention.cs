using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Attention over the cache composed of libtorch operations, for what the fused kernel does not serve.</summary>
internal static class CachedAttention
{
    /// <param name="layer">Index of the layer.</param>
    /// <param name="query">[N, heads * headSize].</param>
    /// <param name="form">How scores are made.</param>
    /// <param name="pass">Tokens and cache; the keys and values of the tokens are already stored.</param>
    /// <returns>[N, heads * headSize].</returns>
    public static Tensor Forward(int layer, Tensor query, AttentionForm form, ForwardPass pass)
    {
        KvCache cache = pass.Cache!;
        using var scope = NewDisposeScope();
        Tensor result = pass.Tokens.LongestSegment == 1 ? Step(layer, query, form, pass, cache)
            : cat([.. pass.Tokens.Segments.Select(segment => Piece(layer, query, form, segment, cache))], 0);
        return result.MoveToOuterDisposeScope();
    }

    // One token per sequence: the heads of a group stand where the query length would, so that keys and values are not repeated.
    private static Tensor Step(int layer, Tensor query, AttentionForm form, ForwardPass pass, KvCache cache)
    {
        int longest = pass.Visible.Max(), count = pass.CacheRows.Length;
        Tensor rows = tensor(pass.CacheRows, device: query.device);
        Tensor keys = cache.Keys(layer).narrow(2, 0, longest).index_select(0, rows);
        Tensor values = cache.Values(layer).narrow(2, 0, longest).index_select(0, rows);
        Tensor? mask = null;
        if (pass.Visible.Any(v => v != longest) || form.Hides(longest))
        {
            Tensor slots = arange(longest, device: query.device).unsqueeze(0), seen = slots < tensor(pass.Visible, device: query.device).unsqueeze(1);
            if (form.Hides(longest)) seen &= slots >= tensor([.. pass.Visible.Select(form.First)], device: query.device).unsqueeze(1);
            mask = seen.view(count, 1, 1, longest);
        }

        Tensor grouped = query.view(count, cache.KeyValueHeads, -1, cache.HeadSize);
        return form.Attend(grouped, keys, values, mask, causal: false).reshape(count, -1);
    }

    private static Tensor Piece(int layer, Tensor query, AttentionForm form, Segment segment, KvCache cache)
    {
        int slots = segment.Past + segment.Length;
        long heads = query.size(1) / cache.HeadSize, group = heads / cache.KeyValueHeads;
        Tensor q = query.narrow(0, segment.Start, segment.Length).view(1, segment.Length, heads, cache.HeadSize).transpose(1, 2);
        Tensor mask = form.Visible(segment.Length, slots, query.device);
        return form.Attend(q, Repeated(cache.Keys(layer)), Repeated(cache.Values(layer)), mask, causal: false).transpose(1, 2).reshape(segment.Length, -1);

        Tensor Repeated(Tensor all)
            => all.narrow(0, segment.CacheRow, 1).narrow(2, 0, slots).unsqueeze(2).expand(1, cache.KeyValueHeads, group, slots, cache.HeadSize)
            .reshape(1, heads, slots, cache.HeadSize);
    }
}
