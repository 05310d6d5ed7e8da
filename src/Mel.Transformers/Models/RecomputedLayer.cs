using Mel.Runtime;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// A layer that keeps only its input for the backward pass, which runs the layer a second time. Arguments: hidden [N, H], an anchor that requires a gradient,
/// the model, the index of the layer, the tokens.
/// </summary>
/// <remarks>The gradients of the layer's parameters are added to their <c>grad</c> by the inner backward pass.</remarks>
internal sealed class RecomputedLayer : autograd.SingleTensorFunction<RecomputedLayer>
{
    public override string Name => nameof(RecomputedLayer);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, model, index, tokens) = ((Tensor)vars[0], (DecoderModel)vars[2], (int)vars[3], (PackedTokens)vars[4]);
        ctx.save_for_backward([hidden]);
        ctx.save_data("model", model);
        ctx.save_data("index", index);
        ctx.save_data("tokens", tokens);
        ctx.save_data("adapters", model.AdaptersEnabled);
        using var noGrad = no_grad();
        using ForwardPass pass = model.NewPass(tokens);
        return model.LayerAt(index).Forward(hidden.clone(), pass);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 2, others: 3, (saved, dy) =>
        {
            using var enable = enable_grad();
            var model = (DecoderModel)ctx.get_data("model");
            bool adapters = model.AdaptersEnabled;
            model.AdaptersEnabled = (bool)ctx.get_data("adapters");
            try
            {
                Tensor hidden = saved[0].detach().requires_grad_(true);
                using ForwardPass pass = model.NewPass((PackedTokens)ctx.get_data("tokens"));
                Tensor output = model.LayerAt((int)ctx.get_data("index")).Forward(hidden, pass);
                autograd.backward([output], [dy]);
                return [hidden.grad, null];
            }
            finally
            {
                model.AdaptersEnabled = adapters;
            }
        });
}
