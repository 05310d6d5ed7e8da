using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// x W^T of float32 activations with a narrower weight, multiplied in float32: a block of the weight's rows at a time is widened while it lies in the cache.
/// Arguments: x [N, I], weight [O, I]. The gradient of the weight has the weight's type.
/// </summary>
internal sealed class WidenedLinearFunction : autograd.SingleTensorFunction<WidenedLinearFunction>
{
    // 2 MB of float32.
    private const long BlockElements = 1 << 19;

    public override string Name => nameof(WidenedLinearFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward(weight.requires_grad ? [weight, x] : [weight]);           // a frozen weight keeps no activations
        ctx.save_data("inputs", x.requires_grad);
        Tensor result = empty([x.size(0), weight.size(0)], x.dtype);
        ForEachBlock(weight, (first, block) => result.narrow(1, first, block.size(0)).addmm_(x, block.t(), 0, 1));
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 0, (saved, dy) =>
        {
            Tensor weight = saved[0];
            Tensor? x = saved.Count > 1 ? saved[1] : null, dweight = x is null ? null : empty_like(weight);
            Tensor? dx = (bool)ctx.get_data("inputs") ? zeros([dy.size(0), weight.size(1)], dy.dtype) : null;
            ForEachBlock(weight, (first, block) =>
            {
                Tensor part = dy.narrow(1, first, block.size(0));                           // [N, R]
                dx?.addmm_(part, block, 1, 1);
                dweight?.narrow(0, first, block.size(0)).copy_(part.t().mm(x!));
            });
            return [dx, dweight];
        });

    private static void ForEachBlock(Tensor weight, Action<long, Tensor> action)
    {
        long most = Math.Clamp(BlockElements / weight.size(1), 1, weight.size(0));
        using var outer = NewDisposeScope();
        Tensor memory = empty([most, weight.size(1)], ScalarType.Float32);
        for (long first = 0; first < weight.size(0); first += most)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(most, weight.size(0) - first);
            action(first, memory.narrow(0, 0, count).copy_(weight.narrow(0, first, count)));
        }
    }
}
