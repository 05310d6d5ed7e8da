using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Both uses of a tied embedding as one node of the autograd graph. Arguments: embedding^T [H, V], token ids, type of the rows, the id of padding or -1.
/// Outputs: the rows of the tokens [N, H], and embedding^T again, for the head. The row of padding has a gradient only as a part of the head.
/// </summary>
/// <remarks>
/// As two nodes the lookup would make a gradient of the size of the embedding, nearly all zeros, and autograd a third one for the sum with the head's; here the
/// rows are added to the head's where it lies. The embedding enters and leaves transposed so that its gradient passes through the transposition's own node: the
/// very tensor a custom function returns would be copied on its way into the leaf, for the managed wrapper holds a reference to it.
/// </remarks>
internal sealed class TiedEmbeddingFunction : autograd.MultiTensorFunction<TiedEmbeddingFunction>
{
    public override string Name => nameof(TiedEmbeddingFunction);

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (transposed, ids, type) = ((Tensor)vars[0], (int[])vars[1], (ScalarType)vars[2]);
        ctx.set_materialize_grads(false);                                               // TorchSharp would make the zeros from tensors that are gone by then
        ctx.save_data("ids", ids);
        ctx.save_data("padding", (int)vars[3]);
        using Tensor embedding = transposed.t();
        return [Rows(embedding, ids, type), transposed.detach()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        => BackwardGuard.Gradients(ctx, grad_outputs, tensors: 1, others: 3, _ =>
        {
            // Only the product of the head reads that output, and no one else sees the gradient it made: it may be changed in place.
            var (rows, head) = (grad_outputs[0], grad_outputs[1].t());                      // [N, H], [V, H]
            var places = new Dictionary<long, long>();                                      // of the distinct tokens
            int padding = (int)ctx.get_data("padding");
            long[] place = [.. ((int[])ctx.get_data("ids")).Select(id => places.TryAdd(id, places.Count) ? places.Count - 1 : places[id])];
            // A token may occur often: summed before it is rounded to the type of the weights.
            Tensor sums = zeros([places.Count, rows.size(1)], rows.dtype, rows.device);
            sums.index_add_(0, tensor(place, device: rows.device), rows, 1);
            if (places.TryGetValue(padding, out long unlearned)) sums[unlearned].zero_();
            head.index_add_(0, tensor([.. places.Keys], device: rows.device), sums.to_type(head.dtype), 1);
            return [head.t()];
        });

    /// <summary>The rows of an embedding, [V, H], that belong to the tokens.</summary>
    /// <returns>[N, H].</returns>
    public static Tensor Rows(Tensor embedding, int[] ids, ScalarType type)
    {
        using Tensor index = tensor(ids, device: embedding.device), rows = embedding.index_select(0, index);
        return rows.to_type(type);
    }
}
