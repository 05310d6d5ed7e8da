using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mel.Transformers.Kernels;

/// <summary>How a layer makes weights of queries and keys, and what a token may see.</summary>
/// <param name="HeadSize">Width of a head.</param>
/// <param name="Scale">Factor on the products of queries and keys.</param>
/// <param name="Window">The most tokens that a token sees, itself included; 0 is all before it.</param>
/// <param name="Cap">Bound that scores approach, cap tanh(score / cap), or null. The fused kernels know none.</param>
internal sealed record AttentionForm(int HeadSize, float Scale, int Window = 0, float? Cap = null)
{
    /// <summary>The plain form: products over the root of the head size.</summary>
    public static AttentionForm Plain(int headSize) => new(headSize, 1f / MathF.Sqrt(headSize));

    /// <summary>Whether a window hides something of so many tokens.</summary>
    public bool Hides(int tokens) => Window > 0 && Window < tokens;

    /// <summary>The first of the slots that a token sees, of those up to its own.</summary>
    public int First(int visible) => Window > 0 && Window < visible ? visible - Window : 0;

    /// <summary>Which slots the last tokens of a sequence see, [queries, slots].</summary>
    public Tensor Visible(int queries, int slots, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor all = ones(queries, slots, dtype: ScalarType.Bool, device: device), seen = all.tril(slots - queries);
        if (Hides(slots)) seen = seen.triu(slots - queries - Window + 1);
        return seen.MoveToOuterDisposeScope();
    }

    /// <summary>libtorch's attention in this form, differentiable.</summary>
    /// <param name="query">[.., T, headSize].</param>
    /// <param name="key">[.., S, headSize].</param>
    /// <param name="value">As key.</param>
    /// <param name="visible">True where a query sees a slot, or null.</param>
    /// <param name="causal">Whether a query sees the slots up to its own, of as many as there are queries; without a mask.</param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? visible, bool causal)
    {
        using var scope = NewDisposeScope();
        if (Cap is not { } cap)
        {
            float usual = 1f / MathF.Sqrt(HeadSize);
            using Scalar ratio = (Scale / usual).ToScalar();
            Tensor scaled = Scale == usual ? query : query.mul(ratio);
            return scaled_dot_product_attention(scaled, key, value, visible!, 0, is_casual: causal).MoveToOuterDisposeScope();
        }

        using Scalar inner = (Scale / cap).ToScalar(), outer = cap.ToScalar();
        Tensor scores = query.matmul(key.transpose(-2, -1)).mul(inner).tanh().mul(outer);
        if (visible is not null) scores = scores.masked_fill(visible.logical_not(), float.NegativeInfinity);
        return scores.softmax(-1).matmul(value).MoveToOuterDisposeScope();
    }
}
