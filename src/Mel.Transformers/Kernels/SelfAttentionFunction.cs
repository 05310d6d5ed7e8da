using Mel.Runtime;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// <see cref="SelfAttentionKernel"/> as a node of the autograd graph. Arguments: query [N, heads * headSize], key and value [N, kvHeads * headSize], segments,
/// form.
/// </summary>
internal sealed unsafe class SelfAttentionFunction : autograd.SingleTensorFunction<SelfAttentionFunction>
{
    public override string Name => nameof(SelfAttentionFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value, segments, form) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Segment[])vars[3], (AttentionForm)vars[4]);
        int headSize = form.HeadSize, heads = (int)query.size(1) / headSize, kvHeads = (int)key.size(1) / headSize;
        Tensor result = empty_like(query), logSums = empty(query.size(0), heads);
        SelfAttentionKernel.Forward(
            ParallelRows.Data(query), heads * headSize, ParallelRows.Data(key), ParallelRows.Data(value), kvHeads * headSize, segments,
            ParallelRows.Data(result), ParallelRows.Data(logSums), heads, kvHeads, form);
        ctx.save_for_backward([query, key, value, result.detach(), logSums]);               // an output that saves itself would never be freed
        ctx.save_data("segments", segments);
        ctx.save_data("form", form);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 3, others: 2, (saved, dresult) =>
        {
            var (query, key, value, result, logSums) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
            int heads = (int)logSums.size(1), headSize = (int)query.size(1) / heads, kvHeads = (int)key.size(1) / headSize;
            Tensor dquery = empty_like(query), dkey = empty_like(key), dvalue = empty_like(value);
            SelfAttentionKernel.Backward(
                ParallelRows.Data(query), ParallelRows.Data(key), ParallelRows.Data(value), ParallelRows.Data(result), ParallelRows.Data(logSums),
                ParallelRows.Data(dresult), (Segment[])ctx.get_data("segments"),
                ParallelRows.Data(dquery), ParallelRows.Data(dkey), ParallelRows.Data(dvalue), heads, kvHeads, (AttentionForm)ctx.get_data("form"));
            return [dquery, dkey, dvalue];
        });
}
