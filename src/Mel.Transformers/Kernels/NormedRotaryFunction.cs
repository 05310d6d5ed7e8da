using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// <see cref="RotaryKernel"/> with a normalization weight as a node of the autograd graph. Arguments: x [N, heads * headSize], weight [headSize], table,
/// positions, epsilon.
/// </summary>
internal sealed unsafe class NormedRotaryFunction : autograd.SingleTensorFunction<NormedRotaryFunction>
{
    public override string Name => nameof(NormedRotaryFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, table, positions, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (int[])vars[3], (float)vars[4]);
        ctx.save_for_backward([x, weight, table]);
        ctx.save_data("positions", positions);
        ctx.save_data("epsilon", epsilon);
        return RotaryFunction.Compute(x, weight, table, positions, epsilon);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 3, (saved, dy) =>
        {
            var (x, weight, table) = (saved[0], saved[1], saved[2]);
            int headSize = (int)weight.size(0), heads = (int)x.size(1) / headSize;
            Tensor dx = empty_like(x), dweight = zeros_like(weight);
            RotaryKernel.Backward(
                ParallelRows.Data(x), ParallelRows.Data(weight), ParallelRows.Data(table), (int[])ctx.get_data("positions"),
                ParallelRows.Data(dy), ParallelRows.Data(dx), ParallelRows.Data(dweight), heads, headSize, (float)ctx.get_data("epsilon"));
            return [dx, dweight];
        });
}
