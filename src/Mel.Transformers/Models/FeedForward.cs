using Mel.Runtime;
using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>The gated feed-forward part of one layer, up to its last projection. Without gradients gate and up are one product.</summary>
internal sealed class FeedForward
{
    private readonly int _width;
    private readonly Activation _activation;
    private readonly Projection[] _inputs;
    private readonly Tensor _joint;
    private readonly Tensor? _jointBias;

    public FeedForward(ModelConfig config, DecoderTraits traits, WeightStore weights, int index)
    {
        (_width, _activation) = (config.IntermediateSize, traits.Activation);
        string layer = ParameterLayout.Layer(index);
        _inputs = [.. (traits.JointProjections ? ["gate_up"] : (string[])["gate", "up"]).Select(name => weights.Projection($"{layer}mlp.{name}_proj"))];
        Down = weights.Projection($"{layer}mlp.down_proj");
        _joint = weights.Block(layer + "mlp.gate_up_proj.weight");
        _jointBias = weights.FindBlock(layer + "mlp.gate_up_proj.bias");
    }

    /// <summary>Gate and up, each or both in one.</summary>
    public IReadOnlyList<Projection> Inputs => _inputs;

    /// <summary>The last projection, which the layer applies.</summary>
    public Projection Down { get; }

    /// <summary>activation(gate) * up, [N, width]. Owned by the caller's scope.</summary>
    public Tensor Forward(Tensor x, ForwardPass pass)
    {
        if (!is_grad_enabled() && pass.Fused.Serves(x)) return FusedForward(x, pass);
        if (_inputs.Length == 2) return LayerMath.Gate(_inputs[0].Forward(x, pass), _inputs[1].Forward(x, pass), _activation, pass.Fused);
        Tensor[] parts = _inputs[0].Forward(x, pass).split(_width, 1);
        return LayerMath.Gate(parts[0], parts[1], _activation, pass.Fused);
    }

    private unsafe Tensor FusedForward(Tensor x, ForwardPass pass)
    {
        Tensor joint = Product.Linear(x, _joint, _jointBias, pass.Fused);                                   // [N, 2 width]
        if (pass.Adapters)
        {
            int column = 0;
            foreach (Projection input in _inputs)
            {
                input.AddAdapter(joint, column, x);
                column += input.Outputs;
            }
        }

        if (_activation != Activation.Silu)
        {
            Tensor[] parts = joint.split(_width, 1);
            return LayerMath.Gate(parts[0], parts[1], _activation, pass.Fused);
        }

        int rows = (int)x.size(0);
        Tensor result = empty(rows, _width);
        float* gate = ParallelRows.Data(joint);
        GateKernel.Forward(gate, gate + _width, 2 * _width, ParallelRows.Data(result), rows, _width);
        return result;
    }
}
