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
    /// RMS normalization over the last axis; in a narrower type the product with the weight comes after rounding, as in the published models, unless the weight
    /// is wider than the activations.
    /// </summary>
    public static Tensor Norm(Tensor x, Tensor weight, double epsilon, Fused fused)
    {
        if (fused.Serves(x)) return is_grad_enabled() ? NormFunction.apply(x, weight, (float)epsilon) : NormFunction.Compute(x, weight, (float)epsilon);
        using var scope = NewDisposeScope();
        Tensor wide = x.dtype == ScalarType.Float64 ? x : x.to_type(ScalarType.Float32);
        Tensor root = (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        Tensor normed = weight.dtype == x.dtype ? (wide * root).to_type(x.dtype) * weight : (wide * root * weight).to_type(x.dtype);
        return normed.MoveToOuterDisposeScope();
    }

    /// <summary>activation(gate) * up.</summary>
    public static Tensor Gate(Tensor gate, Tensor up, Activation activation, Fused fused)
    {
        if (activation == Activation.Silu && fused.Serves(gate)) return GateFunction.apply(gate.contiguous(), up.contiguous());
        using var scope = NewDisposeScope();
        return ((activation == Activation.Silu ? silu(gate) : GeluTanh(gate)) * up).MoveToOuterDisposeScope();
    }

    // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
    private static Tensor GeluTanh(Tensor x) => x * (((x + x.pow(3) * 0.044715) * Math.Sqrt(2 / Math.PI)).tanh() + 1) * 0.5;

    /// <summary>Normalization per head (where there is one), then the rotary embedding.</summary>
    /// <param name="x">[N, heads * headSize], contiguous.</param>
    /// <param name="norm">Over [headSize], or null.</param>
    /// <param name="rotary">Angles of the positions in use.</param>
    /// <param name="headSize">Width of a head, of which the first numbers are rotated, as many as there are angles for.</param>
    /// <param name="fused">Where the fused kernels run.</param>
    public static Tensor Rotate(Tensor x, RmsNorm? norm, RotaryContext rotary, int headSize, Fused fused)
    {
        if (fused.Serves(x) && rotary.Width == headSize)
        {
            Tensor? weight = norm?.FactorFor(x);
            float epsilon = norm?.Epsilon ?? 0;
            if (!is_grad_enabled()) return RotaryFunction.Compute(x, weight, rotary.Table, rotary.Positions, epsilon);
            return weight is null
                ? RotaryFunction.apply(x, rotary.Table, rotary.Positions)
                : NormedRotaryFunction.apply(x, weight, rotary.Table, rotary.Positions, epsilon);
        }

        using var scope = NewDisposeScope();
        int width = rotary.Width, half = width / 2;
        Tensor heads = x.view(x.size(0), -1, headSize);                                 // [N, heads, headSize]
        if (norm is not null) heads = norm.Apply(heads, fused);
        var (cosine, sine) = rotary.CosineAndSine(x);                                   // [N, 1, width / 2]
        Tensor first = heads.narrow(-1, 0, half), second = heads.narrow(-1, half, half);
        List<Tensor> parts = [first * cosine - second * sine, second * cosine + first * sine];
        if (width < headSize) parts.Add(heads.narrow(-1, width, headSize - width));
        return cat(parts, -1).view(x.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Causal attention within every segment.</summary>
    /// <param name="query">[N, heads * headSize].</param>
    /// <param name="key">[N, kvHeads * headSize].</param>
    /// <param name="value">As key.</param>
    /// <param name="pass">The segments, and where the fused kernels run.</param>
    /// <param name="form">How scores are made.</param>
    /// <returns>[N, heads * headSize].</returns>
    public static Tensor SelfAttention(Tensor query, Tensor key, Tensor value, ForwardPass pass, AttentionForm form)
    {
        if (pass.Shared is not { } shared) return SelfAttention(query, key, value, pass.Tokens, form, pass.Fused);
        using var scope = NewDisposeScope();
        Tensor result = SelfAttention(Attended(query), Attended(key), Attended(value), pass.Tokens, form, pass.Fused);
        return result.index_select(0, shared.First).MoveToOuterDisposeScope();

        Tensor Attended(Tensor rows) => rows.index_select(0, shared.Attended);
    }

    /// <summary>As above, over the rows of the segments themselves.</summary>
    internal static Tensor SelfAttention(Tensor query, Tensor key, Tensor value, PackedTokens tokens, AttentionForm form, Fused fused)
    {
        if (fused.Serves(query) && form.Cap is null && tokens.LongestSegment <= SelfAttentionKernel.MaxLength)
            return SelfAttentionFunction.apply(query, key, value, tokens.Segments, form);
        using var scope = NewDisposeScope();
        List<(int Count, int Length)> groups = EqualLengths(tokens.Segments);
        if (groups.Count == 1) return Blocked(query, key, value, groups[0].Count, groups[0].Length, form).MoveToOuterDisposeScope();

        // split, unlike narrow, has a backward pass that costs no more than the pieces.
        long[] sizes = [.. groups.Select(g => (long)g.Count * g.Length)];
        Tensor[] queries = query.split(sizes), keys = key.split(sizes), values = value.split(sizes);
        return cat([.. groups.Select((g, i) => Blocked(queries[i], keys[i], values[i], g.Count, g.Length, form))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// libtorch's attention over [count * length] flat rows of equally long segments. It wants as many key heads as query heads: the query heads take turns,
    /// one of every group at a time, so that keys and values are not repeated.
    /// </summary>
    private static Tensor Blocked(Tensor query, Tensor key, Tensor value, int count, int length, AttentionForm form)
    {
        int headSize = form.HeadSize;
        long kvHeads = key.size(1) / headSize, group = query.size(1) / key.size(1);
        // [b, kv, T, headSize].
        Tensor k = key.view(count, length, kvHeads, headSize).transpose(1, 2), v = value.view(count, length, kvHeads, headSize).transpose(1, 2);
        // [b, T, kv, headSize].
        Tensor[] queries = query.view(count, length, kvHeads, group, headSize).unbind(3);
        Tensor? visible = form.Hides(length) || form.Cap is not null ? form.Visible(length, length, query.device) : null;
        Tensor[] results = [.. queries.Select(q => form.Attend(q.transpose(1, 2), k, v, visible, causal: visible is null).transpose(1, 2))];
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
