using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mel.Transformers.Models;

/// <summary>
/// The pieces of a layer between its matrix products, each with a gradient. A tensor that the fused kernels serve takes them, every other one the same formulas
/// composed of libtorch operations.
/// </summary>
internal static class LayerMath
{
    /// <summary>
    /// RMS normalization over the last axis; in a narrower type the product with the weight comes after rounding, as in the published models.
    /// </summary>
    public static Tensor Norm(Tensor x, Tensor weight, double epsilon, Fused fused)
    {
        weight = Product.Like(weight, x);
        if (fused.Serves(x)) return is_grad_enabled() ? NormFunction.apply(x, weight, (float)epsilon) : NormFunction.Compute(x, weight, (float)epsilon);
        using var scope = NewDisposeScope();
        Tensor wide = x.dtype == ScalarType.Float64 ? x : x.to_type(ScalarType.Float32);
        Tensor root = (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return ((wide * root).to_type(x.dtype) * weight).MoveToOuterDisposeScope();
    }

    /// <summary>silu(gate) * up.</summary>
    public static Tensor Gate(Tensor gate, Tensor up, Fused fused)
    {
        if (fused.Serves(gate)) return GateFunction.apply(gate, up);
        using var scope = NewDisposeScope();
        return (silu(gate) * up).MoveToOuterDisposeScope();
    }

    /// <summary>Normalization per head (where there is a weight), then the rotary embedding.</summary>
    /// <param name="x">[N, heads * headSize].</param>
    /// <param name="weight">[headSize] or null.</param>
    /// <param name="rotary">Angles of the positions in use.</param>
    /// <param name="epsilon">Of the normalization.</param>
    /// <param name="fused">Where the fused kernels run.</param>
    public static Tensor Rotate(Tensor x, Tensor? weight, RotaryContext rotary, double epsilon, Fused fused)
    {
        if (weight is not null) weight = Product.Like(weight, x);
        if (fused.Serves(x))
        {
            if (!is_grad_enabled()) return RotaryFunction.Compute(x, weight, rotary.Table, rotary.Positions, (float)epsilon);
            return weight is null
                ? RotaryFunction.apply(x, rotary.Table, rotary.Positions)
                : NormedRotaryFunction.apply(x, weight, rotary.Table, rotary.Positions, (float)epsilon);
        }

        using var scope = NewDisposeScope();
        int headSize = rotary.HeadSize;
        Tensor heads = x.view(x.size(0), -1, headSize);                                 // [N, heads, headSize]
        if (weight is not null) heads = Norm(heads, weight, epsilon, fused);
        var (cosine, sine) = rotary.CosineAndSine(x);                                   // [N, 1, headSize / 2]
        Tensor first = heads.narrow(-1, 0, headSize / 2), second = heads.narrow(-1, headSize / 2, headSize / 2);
        return cat([first * cosine - second * sine, second * cosine + first * sine], -1).view(x.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Causal attention within every segment.</summary>
    /// <param name="query">[N, heads * headSize].</param>
    /// <param name="key">[N, kvHeads * headSize].</param>
    /// <param name="value">As key.</param>
    /// <param name="tokens">The segments.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="fused">Where the fused kernels run.</param>
    /// <returns>[N, heads * headSize].</returns>
    public static Tensor SelfAttention(Tensor query, Tensor key, Tensor value, PackedTokens tokens, int headSize, Fused fused)
    {
        if (fused.Serves(query) && tokens.LongestSegment <= SelfAttentionKernel.MaxLength)
            return SelfAttentionFunction.apply(query, key, value, tokens.Segments, headSize);
        using var scope = NewDisposeScope();
        List<(int Count, int Length)> groups = EqualLengths(tokens.Segments);
        if (groups.Count == 1) return Blocked(query, key, value, groups[0].Count, groups[0].Length, headSize).MoveToOuterDisposeScope();

        // split, unlike narrow, has a backward pass that costs no more than the pieces.
        long[] sizes = [.. groups.Select(g => (long)g.Count * g.Length)];
        Tensor[] queries = query.split(sizes), keys = key.split(sizes), values = value.split(sizes);
        return cat([.. groups.Select((g, i) => Blocked(queries[i], keys[i], values[i], g.Count, g.Length, headSize))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// libtorch's attention over [count * length] flat rows of equally long segments. It wants as many key heads as query heads: the query heads take turns,
    /// one of every group at a time, so that keys and values are not repeated.
    /// </summary>
    private static Tensor Blocked(Tensor query, Tensor key, Tensor value, int count, int length, int headSize)
    {
        long kvHeads = key.size(1) / headSize, group = query.size(1) / key.size(1);
        // [b, kv, T, headSize].
        Tensor k = key.view(count, length, kvHeads, headSize).transpose(1, 2), v = value.view(count, length, kvHeads, headSize).transpose(1, 2);
        // [b, T, kv, headSize].
        Tensor[] queries = query.view(count, length, kvHeads, group, headSize).unbind(3);
        Tensor[] results = [.. queries.Select(q => scaled_dot_product_attention(q.transpose(1, 2), k, v, null, 0, is_casual: true).transpose(1, 2))];
        return (group == 1 ? results[0] : stack(results, 3)).reshape((long)count * length, query.size(1));
    }

    private static List<(int Count, int Length)> EqualLengths(Segment[] segments)
    {
        var groups = new List<(int Count, int Length)>();
        foreach (Segment segment in segments)
        {
            if (groups.Count > 0 && groups[^1].Length == segment.Length) groups[^1] = (groups[^1].Count + 1, segment.Length);
            else groups.Add((1, segment.Length));
        }

        return groups;
    }
}
