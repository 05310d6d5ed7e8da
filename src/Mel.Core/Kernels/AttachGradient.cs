using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary>Gives a value that was computed outside the graph its place in it: backward multiplies the upstream gradient by a derivative that is known already.</summary>
internal sealed class AttachGradient : autograd.SingleTensorFunction<AttachGradient>
{
    public override string Name => "MelAttachGradient";

    /// <summary>The value as a function of <paramref name="input"/>.</summary>
    /// <param name="input">What the value was computed from.</param>
    /// <param name="value">Of the input's shape, or a scalar.</param>
    /// <param name="slope">Derivative of the value with respect to each element of the input, of the input's shape.</param>
    public static Tensor To(Tensor input, Tensor value, Tensor slope) => is_grad_enabled() && input.requires_grad ? apply(input, value, slope) : value;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_for_backward([(Tensor)vars[2]]);
        return ((Tensor)vars[1]).alias();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Run(ctx, grad_output, tensors: 3, others: 0, static (ctx, upstream) => [ctx.get_saved_variables()[0].mul(upstream), null, null]);
}
