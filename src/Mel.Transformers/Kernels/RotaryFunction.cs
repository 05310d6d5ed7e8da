using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// <see cref="RotaryKernel"/> without normalization as a node of the autograd graph; linear in x, so nothing but the angles is kept. Arguments: x [N, heads *
/// headSize], table, positions.
/// </summary>
internal sealed unsafe class RotaryFunction : autograd.SingleTensorFunction<RotaryFunction>
{
    public override string Name => nameof(RotaryFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, table, positions) = ((Tensor)vars[0], (Tensor)vars[1], (int[])vars[2]);
        ctx.save_for_backward([table]);
        ctx.save_data("positions", positions);
        return Compute(x, null, table, positions, 0);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 1, others: 2, (saved, dy) =>
        {
            Tensor table = saved[0], dx = empty_like(dy);
            int headSize = (int)table.size(1);
            RotaryKernel.Backward(
                ParallelRows.Data(table), (int[])ctx.get_data("positions"), ParallelRows.Data(dy), ParallelRows.Data(dx), (int)dy.size(1) / headSize, headSize);
            return [dx];
        });

    public static Tensor Compute(Tensor x, Tensor? weight, Tensor table, int[] positions, float epsilon)
    {
        int width = (int)x.size(1), headSize = (int)table.size(1);
        Tensor y = empty_like(x);
        float* scale = weight is null ? null : ParallelRows.Data(weight);
        RotaryKernel.Forward(
            ParallelRows.Data(x), width, scale, ParallelRows.Data(table), positions, ParallelRows.Data(y), width, width / headSize, headSize, epsilon);
        return y;
    }
}
