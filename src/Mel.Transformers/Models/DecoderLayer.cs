using Mel.Runtime;
using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// One layer: attention and the gated feed-forward layer, each on the normalized residual stream and added to it. The same code trains, scores and decodes;
/// without gradients the projections that share an input are one product each.
/// </summary>
internal sealed class DecoderLayer
{
    private readonly ModelConfig _config;
    private readonly int _index;
    private readonly Projection _query, _key, _value, _output, _gate, _up, _down;
    private readonly Tensor _inputNorm, _attentionNorm, _qkv, _gateUp;
    private readonly Tensor? _queryNorm, _keyNorm, _qkvBias;

    public DecoderLayer(ModelConfig config, WeightStore weights, int index)
    {
        _config = config;
        _index = index;
        string layer = ParameterLayout.Layer(index);
        _inputNorm = weights[layer + "input_layernorm.weight"];
        _query = Find("self_attn.q_proj");
        _key = Find("self_attn.k_proj");
        _value = Find("self_attn.v_proj");
        _queryNorm = weights.Find(layer + "self_attn.q_norm.weight");
        _keyNorm = weights.Find(layer + "self_attn.k_norm.weight");
        _output = Find("self_attn.o_proj");
        _attentionNorm = weights[layer + "post_attention_layernorm.weight"];
        _gate = Find("mlp.gate_proj");
        _up = Find("mlp.up_proj");
        _down = Find("mlp.down_proj");
        _qkv = weights.FindBlock(layer + "self_attn.qkv_proj.weight")!;
        _qkvBias = weights.FindBlock(layer + "self_attn.qkv_proj.bias");
        _gateUp = weights.FindBlock(layer + "mlp.gate_up_proj.weight")!;

        Projection Find(string name) => new(layer + name, weights[$"{layer}{name}.weight"], weights.Find($"{layer}{name}.bias"));
    }

    /// <summary>The matrices that can carry an adapter, in the order of the forward pass.</summary>
    public IEnumerable<Projection> Projections => [_query, _key, _value, _output, _gate, _up, _down];

    private int QueryWidth => _config.Heads * _config.HeadSize;

    private int KeyWidth => _config.KeyValueHeads * _config.HeadSize;

    /// <summary>
    /// Passes the residual stream, [N, H], through the layer; without gradients it is changed in place. The result is owned by the caller's scope.
    /// </summary>
    public Tensor Forward(Tensor hidden, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        bool inference = !is_grad_enabled();
        Tensor x = LayerMath.Norm(hidden, _inputNorm, _config.NormEpsilon, pass.Fused);
        Tensor attended = inference && pass.Fused.Serves(x) ? FusedAttention(x, pass) : Attention(x, pass);
        Tensor stream = _output.AddTo(hidden, attended, pass, inference);
        x = LayerMath.Norm(stream, _attentionNorm, _config.NormEpsilon, pass.Fused);
        Tensor gated = inference && pass.Fused.Serves(x) ? FusedGate(x, pass) : LayerMath.Gate(_gate.Forward(x, pass), _up.Forward(x, pass), pass.Fused);
        stream = _down.AddTo(stream, gated, pass, inference);
        return inference ? hidden : stream.MoveToOuterDisposeScope();
    }

    private Tensor Attention(Tensor x, ForwardPass pass)
    {
        Tensor query = LayerMath.Rotate(_query.Forward(x, pass), _queryNorm, pass.Rotary, _config.NormEpsilon, pass.Fused);
        Tensor key = LayerMath.Rotate(_key.Forward(x, pass), _keyNorm, pass.Rotary, _config.NormEpsilon, pass.Fused);
        Tensor value = _value.Forward(x, pass);
        if (pass.Cache is null) return LayerMath.SelfAttention(query, key, value, pass.Tokens, _config.HeadSize, pass.Fused);
        pass.Cache.Write(_index, key, value, pass.CacheRows, pass.Visible);
        return pass.Tokens.HasPast ? CachedAttention.Forward(_index, query, pass)
            : LayerMath.SelfAttention(query, key, value, pass.Tokens, _config.HeadSize, pass.Fused);
    }

    // One product for query, key and value; rotation in place; attention reads the columns where they lie.
    private unsafe Tensor FusedAttention(Tensor x, ForwardPass pass)
    {
        Tensor joint = Product.Linear(x, _qkv, _qkvBias, pass.Fused);                                       // [N, (heads + 2 kvHeads) * headSize]
        if (pass.Adapters)
        {
            _query.AddAdapter(joint, 0, x);
            _key.AddAdapter(joint, QueryWidth, x);
            _value.AddAdapter(joint, QueryWidth + KeyWidth, x);
        }

        int stride = QueryWidth + 2 * KeyWidth, rows = (int)x.size(0), headSize = _config.HeadSize;
        float* query = ParallelRows.Data(joint), key = query + QueryWidth, value = key + KeyWidth, table = ParallelRows.Data(pass.Rotary.Table);
        float epsilon = (float)_config.NormEpsilon;
        RotaryKernel.Forward(query, stride, Weight(_queryNorm), table, pass.Rotary.Positions, query, stride, _config.Heads, headSize, epsilon);
        RotaryKernel.Forward(key, stride, Weight(_keyNorm), table, pass.Rotary.Positions, key, stride, _config.KeyValueHeads, headSize, epsilon);
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
            return LayerMath.SelfAttention(parts[0].contiguous(), parts[1].contiguous(), parts[2].contiguous(), pass.Tokens, headSize, pass.Fused);
        }

        Tensor result = empty(rows, QueryWidth);
        float* output = ParallelRows.Data(result);
        int heads = _config.Heads, kvHeads = _config.KeyValueHeads;
        if (pass.Tokens.HasPast)
            CacheAttentionKernel.Forward(query, stride, keys, values, pass.CacheRows, pass.Visible, output, heads, kvHeads, headSize, pass.Cache!.Capacity);
        else
            SelfAttentionKernel.Forward(query, stride, key, value, stride, pass.Tokens.Segments, output, null, heads, kvHeads, headSize);
        return result;

        float* Weight(Tensor? weight) => weight is null ? null : ParallelRows.Data(Product.Like(weight, x));
    }

    private unsafe Tensor FusedGate(Tensor x, ForwardPass pass)
    {
        Tensor joint = Product.Linear(x, _gateUp, null, pass.Fused);                                              // [N, 2 I]
        int width = _config.IntermediateSize, rows = (int)x.size(0);
        if (pass.Adapters)
        {
            _gate.AddAdapter(joint, 0, x);
            _up.AddAdapter(joint, width, x);
        }

        Tensor result = empty(rows, width);
        float* gate = ParallelRows.Data(joint);
        GateKernel.Forward(gate, gate + width, 2 * width, ParallelRows.Data(result), rows, width);
        return result;
    }
}
