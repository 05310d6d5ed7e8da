using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>A scalar 0 whose backward pass returns gradients that were computed beforehand. <see cref="TokenLogProbs.WithGradient"/> ends with it.</summary>
/// <remarks>The head enters transposed for the reason given at <see cref="HeadLogProbsFunction"/>.</remarks>
internal sealed class CarrierFunction : autograd.SingleTensorFunction<CarrierFunction>
{
    /// <param name="Hidden">[N, H], of the type of the hidden states; null where they carry none.</param>
    /// <param name="Head">[V, H], of the type of the head; null where it carries none.</param>
    public sealed record Gradients(Tensor? Hidden, Tensor? Head);

    public override string Name => "MelHeadGradient";

    /// <summary>hidden [N, H], head^T [H, V], their gradients.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, gradients) = ((Tensor)vars[0], (Gradients)vars[2]);
        ctx.save_for_backward([.. ((Tensor?[])[gradients.Hidden, gradients.Head]).OfType<Tensor>()]);
        ctx.save_data(nameof(hidden), gradients.Hidden is not null);
        ctx.save_data("head", gradients.Head is not null);
        return zeros([], SoftmaxRows.ResultType(hidden.dtype), hidden.device);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 1, (saved, upstream) =>
        {
            if (upstream.to_type(ScalarType.Float64).item<double>() != 1)
                foreach (Tensor gradient in saved) gradient.mul_(upstream);
            Tensor? hidden = (bool)ctx.get_data("hidden") ? saved[0] : null, head = (bool)ctx.get_data("head") ? saved[^1] : null;
            return [hidden, head?.t()];
        });
}
