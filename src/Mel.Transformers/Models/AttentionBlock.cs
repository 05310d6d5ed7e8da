using Mel.Runtime;
using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// Attention of one layer, up to its output projection. The same code trains, scores and decodes; without gradients query, key and value are one product. What
/// the fused kernels do not serve, among it bounded scores, a part of a head that is rotated, and norms over all heads, is composed piece by piece.
/// </summary>
internal sealed class AttentionBlock
{
    private readonly int _index, _heads, _keyHeads, _headSize;
    private readonly AttentionForm _form;
    private readonly Rotation _rotation;
    private readonly Projection[] _inputs;
    private readonly RmsNorm? _queryNorm, _keyNorm;
    private readonly bool _normsAllHeads;
    private readonly Tensor _joint;
    private readonly Tensor? _jointBias;

    public AttentionBlock(ModelConfig config, DecoderTraits traits, WeightStore weights, int index)
    {
        (_index, _heads, _keyHeads, _headSize) = (index, config.Heads, config.KeyValueHeads, config.HeadSize);
        LayerKind kind = traits.Layer(index);
        float scale = traits.AttentionScale is { } given ? (float)given : AttentionForm.Plain(_headSize).Scale;
        _form = new AttentionForm(_headSize, scale, kind.Window, (float?)traits.AttentionCap);
        _rotation = kind.Rotation;
        string layer = ParameterLayout.Layer(index);
        _inputs = [.. (traits.JointProjections ? ["qkv"] : (string[])["q", "k", "v"]).Select(name => weights.Projection($"{layer}self_attn.{name}_proj"))];
        Output = weights.Projection($"{layer}self_attn.o_proj");
        if (traits.HeadNorm != HeadNorm.None)
        {
            _queryNorm = new RmsNorm(weights[layer + "self_attn.q_norm.weight"], config, traits.NormsAddOne);
            _keyNorm = new RmsNorm(weights[layer + "self_attn.k_norm.weight"], config, traits.NormsAddOne);
            _normsAllHeads = traits.HeadNorm == HeadNorm.AllHeads;
        }

        _joint = weights.Block(layer + "self_attn.qkv_proj.weight");
        _jointBias = weights.FindBlock(layer + "self_attn.qkv_proj.bias");
        IsFused = IsServed(config, traits);
    }

    /// <summary>Query, key and value, each or all in one.</summary>
    public IReadOnlyList<Projection> Inputs => _inputs;

    /// <summary>The output projection, which the layer applies.</summary>
    public Projection Output { get; }

    private bool IsFused { get; }

    private int QueryWidth => _heads * _headSize;

    private int KeyWidth => _keyHeads * _headSize;

    /// <summary>Whether the fused kernels serve attention of this kind, on the tensors that they serve.</summary>
    public static bool IsServed(ModelConfig config, DecoderTraits traits)
        => traits.AttentionCap is null && traits.HeadNorm != HeadNorm.AllHeads && (traits.RotaryWidth ?? config.HeadSize) == config.HeadSize;

    /// <summary>What the heads give, [N, heads * headSize]. Owned by the caller's scope.</summary>
    public Tensor Forward(Tensor x, ForwardPass pass)
        => !is_grad_enabled() && IsFused && pass.Fused.Serves(x) ? FusedForward(x, pass) : ComposedForward(x, pass);

    private Tensor ComposedForward(Tensor x, ForwardPass pass)
    {
        Tensor[] parts = _inputs.Length == 3 ? [.. _inputs.Select(input => input.Forward(x, pass))]
            : [.. _inputs[0].Forward(x, pass).split([QueryWidth, KeyWidth, KeyWidth], 1).Select(part => part.contiguous())];
        RotaryContext rotary = pass.Rotary(_rotation);
        Tensor query = Rotate(parts[0], _queryNorm), key = Rotate(parts[1], _keyNorm), value = parts[2];
        if (pass.Cache is null) return LayerMath.SelfAttention(query, key, value, pass.Tokens, _form, pass.Fused);
        pass.Cache.Write(_index, key, value, pass.CacheRows, pass.Visible);
        return pass.Tokens.HasPast ? CachedAttention.Forward(_index, query, _form, pass)
            : LayerMath.SelfAttention(query, key, value, pass.Tokens, _form, pass.Fused);

        Tensor Rotate(Tensor part, RmsNorm? norm)
        {
            if (norm is not null && _normsAllHeads) (part, norm) = (norm.Apply(part, pass.Fused), null);
            return LayerMath.Rotate(part, norm, rotary, _headSize, pass.Fused);
        }
    }

    // One product for query, key and value; rotation in place; attention reads the columns where they lie.
    private unsafe Tensor FusedForward(Tensor x, ForwardPass pass)
    {
        Tensor joint = Product.Linear(x, _joint, _jointBias, pass.Fused);                                   // [N, (heads + 2 kvHeads) * headSize]
        if (pass.Adapters)
        {
            int column = 0;
            foreach (Projection input in _inputs)
            {
                input.AddAdapter(joint, column, x);
                column += input.Outputs;
            }
        }

        int stride = QueryWidth + 2 * KeyWidth, rows = (int)x.size(0), headSize = _headSize;
        RotaryContext rotary = pass.Rotary(_rotation);
        float* query = ParallelRows.Data(joint), key = query + QueryWidth, value = key + KeyWidth, table = ParallelRows.Data(rotary.Table);
        float epsilon = _queryNorm?.Epsilon ?? 0;
        RotaryKernel.Forward(query, stride, Weight(_queryNorm), table, rotary.Positions, query, stride, _heads, headSize, epsilon);
        RotaryKernel.Forward(key, stride, Weight(_keyNorm), table, rotary.Positions, key, stride, _keyHeads, headSize, epsilon);
        float* keys = null, values = null;
        if (pass.Cache is { } cache)
        {
            keys = ParallelRows.Data(cache.Keys(_index));
            values = ParallelRows.Data(cache.Values(_index));
            CacheAttentionKernel.Store(key, stride, keys, pass.CacheRows, pass.Visible, cache.KeyValueHeads, headSize, cache.Capacity);
            CacheAttentionKernel.Store(value, stride, values, pass.CacheRows, pass.Visible, cache.KeyValueHeads, headSize, cache.Capacity);
        }

        if (!pass.Tokens.HasPast && pass.Tokens.LongestSegment > SelfAttentionKernel.MaxLength)
        {
            Tensor[] parts = joint.split([QueryWidth, KeyWidth, KeyWidth], 1);
            return LayerMath.SelfAttention(parts[0].contiguous(), parts[1].contiguous(), parts[2].contiguous(), pass.Tokens, _form, pass.Fused);
        }

        Tensor result = empty(rows, QueryWidth);
        float* output = ParallelRows.Data(result);
        if (pass.Tokens.HasPast)
            CacheAttentionKernel.Forward(query, stride, keys, values, pass.CacheRows, pass.Visible, output, _heads, _keyHeads, _form, pass.Cache!.Capacity);
        else
            SelfAttentionKernel.Forward(query, stride, key, value, stride, pass.Tokens.Segments, output, null, _heads, _keyHeads, _form);
        return result;

        float* Weight(RmsNorm? norm) => norm is null ? null : ParallelRows.Data(norm.FactorFor(x));
    }
}
