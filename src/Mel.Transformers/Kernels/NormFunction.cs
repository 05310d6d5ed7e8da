using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary><see cref="NormKernel"/> as a node of the autograd graph. Arguments: x [.., n], weight [n], epsilon.</summary>
internal sealed unsafe class NormFunction : autograd.SingleTensorFunction<NormFunction>
{
    public override string Name => nameof(NormFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (float)vars[2]);
        ctx.save_for_backward([x, weight]);
        ctx.save_data("epsilon", epsilon);
        return Compute(x, weight, epsilon);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 1, (saved, dy) =>
        {
            var (x, weight) = (saved[0], saved[1]);
            int width = (int)weight.size(0), rows = (int)(x.NumberOfElements / width);
            Tensor dx = empty_like(x), dweight = zeros_like(weight);
            NormKernel.Backward(
                ParallelRows.Data(x), ParallelRows.Data(weight), ParallelRows.Data(dy), ParallelRows.Data(dx), ParallelRows.Data(dweight),
                rows, width, (float)ctx.get_data("epsilon"));
            return [dx, dweight];
        });

    public static Tensor Compute(Tensor x, Tensor weight, float epsilon)
    {
        int width = (int)weight.size(0);
        Tensor y = empty_like(x);
        NormKernel.Forward(ParallelRows.Data(x), ParallelRows.Data(weight), ParallelRows.Data(y), (int)(x.NumberOfElements / width), width, epsilon);
        return y;
    }
}
