using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary><see cref="GateKernel"/> as a node of the autograd graph. Arguments: gate [N, I] and up [N, I], both contiguous.</summary>
internal sealed unsafe class GateFunction : autograd.SingleTensorFunction<GateFunction>
{
    public override string Name => nameof(GateFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([gate, up]);
        int width = (int)gate.size(1);
        Tensor y = empty_like(gate);
        GateKernel.Forward(ParallelRows.Data(gate), ParallelRows.Data(up), width, ParallelRows.Data(y), (int)gate.size(0), width);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 0, (saved, dy) =>
        {
            Tensor dgate = empty_like(saved[0]), dup = empty_like(saved[1]);
            GateKernel.Backward(
                ParallelRows.Data(saved[0]), ParallelRows.Data(saved[1]), ParallelRows.Data(dy), ParallelRows.Data(dgate), ParallelRows.Data(dup),
                dy.NumberOfElements);
            return [dgate, dup];
        });
}
