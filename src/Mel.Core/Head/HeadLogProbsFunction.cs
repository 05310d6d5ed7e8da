using Mel.Losses;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// The recomputing path of <see cref="TokenLogProbs.FromHidden"/>. The forward pass keeps one number per row (log sum exp, and the entropy). The backward pass
/// computes each block of logits a second time. This takes one matrix product more than the plain composition and holds no [N, V] tensor.
/// </summary>
/// <remarks>
/// Under a head that does not train (LoRA) the forward pass can also compute the derivative of each log-prob with respect to its hidden state, while it has the
/// logits at hand. The backward pass then only scales rows, and there are two matrix products, as in the plain composition.
/// <para>
/// The head enters transposed. Its gradient then leaves through the node of the transposition as a new tensor, which libtorch takes over as the gradient of the
/// leaf. A tensor that a custom function returns itself is copied instead, because the managed wrapper still holds a reference to it.
/// </para>
/// </remarks>
internal sealed class HeadLogProbsFunction : autograd.SingleTensorFunction<HeadLogProbsFunction>
{
    /// <param name="Temperature">Divides the logits.</param>
    /// <param name="Entropy">Whether the entropy is wanted.</param>
    /// <param name="ChunkRows">Rows of a chunk.</param>
    /// <param name="DerivativesAtOnce">Whether the forward pass makes the derivatives with respect to the hidden states.</param>
    /// <param name="NativeProducts">Whether the processor multiplies matrices of the head's type.</param>
    /// <param name="LogitCap">Bound that logits approach, or null. With one, the derivatives are not made by the forward pass.</param>
    public sealed record Settings(double Temperature, bool Entropy, long ChunkRows, bool DerivativesAtOnce, bool NativeProducts, double? LogitCap = null);

    private sealed record Needs(bool HiddenGradient, bool HeadGradient, ScalarType HiddenType);

    public override string Name => "MelHeadLogProbs";

    /// <summary>hidden [N, H] contiguous, head^T [H, V], targets [N], settings.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = (Tensor)vars[0], transposedHead = (Tensor)vars[1], targets = (Tensor)vars[2];
        var settings = (Settings)vars[3];
        Tensor head = transposedHead.t();
        ScalarType logitType = HeadBlocks.LogitType(head, settings.NativeProducts);
        Tensor results = empty([settings.Entropy ? 2 : 1, hidden.size(0)], SoftmaxRows.ResultType(hidden.dtype), hidden.device);
        Tensor logSumExp = empty(hidden.size(0), results.dtype, hidden.device);
        Tensor? derivatives = settings.DerivativesAtOnce ? empty(hidden.shape, results.dtype, hidden.device) : null;
        for (long first = 0; first < hidden.size(0); first += settings.ChunkRows)
        {
            using var chunkScope = NewDisposeScope();
            long count = Math.Min(settings.ChunkRows, hidden.size(0) - first);
            Tensor chunkTargets = targets.narrow(0, first, count);
            var blocks = new HeadBlocks(hidden.narrow(0, first, count), head, settings.NativeProducts, settings.LogitCap);
            var softmax = SoftmaxRows.Create(chunkTargets, logitType, settings.Temperature, settings.Entropy);
            if (derivatives is null) Accumulate(blocks, softmax);
            else derivatives.narrow(0, first, count).copy_(AccumulateWithDerivatives(blocks, softmax, head, chunkTargets, settings.Temperature));
            (Tensor chunkLogProbs, Tensor chunkLogSumExp, Tensor? chunkEntropy) = softmax.Finish();
            results.select(0, 0).narrow(0, first, count).copy_(chunkLogProbs);
            if (settings.Entropy) results.select(0, 1).narrow(0, first, count).copy_(chunkEntropy!);
            logSumExp.narrow(0, first, count).copy_(chunkLogSumExp);
        }
        Tensor ofRows = (derivatives ?? logSumExp).MoveToOuterDisposeScope();           // what is to be saved is taken after this returns
        List<Tensor> saved = derivatives is not null ? [ofRows] : [hidden, transposedHead, targets, ofRows];
        if (derivatives is null && settings.Entropy)
            saved.Add(results.select(0, 1).clone().MoveToOuterDisposeScope());          // an output that saves itself would never be freed
        ctx.save_for_backward(saved);
        ctx.save_data(nameof(Settings), settings);
        ctx.save_data(nameof(Needs), new Needs(hidden.requires_grad, transposedHead.requires_grad, hidden.dtype));
        return results.MoveToOuterDisposeScope();                                       // [1, N] log-probs, or [2, N] with the entropy below
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        => BackwardGuard.Gradients(ctx, grad_output, tensors: 3, others: 1, (saved, upstream) =>
        {
            var settings = (Settings)ctx.get_data(nameof(Settings));
            var needs = (Needs)ctx.get_data(nameof(Needs));
            Tensor ofLogProbs = upstream.select(0, 0);                                      // [N]
            if (settings.DerivativesAtOnce)
            {
                Tensor perRow = ofLogProbs.unsqueeze(1);
                return [Masks.Keep(perRow.ne(Scalars.Zero), saved[0] * perRow).to_type(needs.HiddenType), null, null];
            }

            Tensor? ofEntropy = settings.Entropy ? upstream.select(0, 1) : null;            // [N]
            Tensor hidden = saved[0], head = saved[1].t(), targets = saved[2];
            Tensor? hiddenGradient = null, headGradient = null;
            Tensor carries = ofEntropy is null ? ofLogProbs.ne(Scalars.Zero) : ofLogProbs.ne(Scalars.Zero) | ofEntropy.ne(Scalars.Zero);
            Tensor active = carries.nonzero().squeeze(1);                                   // rows that carry gradient
            if (needs.HiddenGradient) hiddenGradient = zeros(hidden.shape, SoftmaxRows.ResultType(hidden.dtype), hidden.device);
            bool several = active.size(0) > settings.ChunkRows;                             // chunks add up in float32; a single one may write its own type
            if (needs.HeadGradient)
            {
                ScalarType type = several ? SoftmaxRows.ResultType(head.dtype) : head.dtype;
                headGradient = active.size(0) == 0 ? zeros(head.shape, type, head.device) : empty(head.shape, type, head.device);
            }
            for (long first = 0; first < active.size(0); first += settings.ChunkRows)
            {
                using var chunkScope = NewDisposeScope();
                Tensor index = active.narrow(0, first, Math.Min(settings.ChunkRows, active.size(0) - first));
                bool all = index.size(0) == hidden.size(0);
                Tensor Rows(Tensor of) => all ? of : of.index_select(0, index);
                Tensor rows = Rows(hidden);
                var blocks = new HeadBlocks(rows, head, settings.NativeProducts, settings.LogitCap);
                var softmax = SoftmaxRows.Create(Rows(targets), HeadBlocks.LogitType(head, settings.NativeProducts), settings.Temperature, settings.Entropy);
                softmax.BeginBackward(Rows(saved[3]), Rows(ofLogProbs), ofEntropy is null ? null : Rows(saved[4]), ofEntropy is null ? null : Rows(ofEntropy));
                Tensor buffer = blocks.NewBuffer(), rowGradient = zeros(rows.shape, SoftmaxRows.ResultType(hidden.dtype), hidden.device);
                foreach (long start in blocks.Starts)
                {
                    using Tensor block = blocks.Logits(buffer, start);
                    blocks.ToProductGradient(softmax, block, start);
                    if (hiddenGradient is not null) blocks.AddWeightedHead(rowGradient, block, start);
                    if (headGradient is not null) blocks.AddHeadGradient(headGradient, block, start, overwrite: first == 0);
                }
                hiddenGradient?.index_copy_(0, index, rowGradient);
            }
            return [hiddenGradient?.to_type(hidden.dtype), headGradient?.to_type(head.dtype).t(), null];
        });

    private static void Accumulate(HeadBlocks blocks, SoftmaxRows softmax)
    {
        Tensor buffer = blocks.NewBuffer();
        foreach (long start in blocks.Starts)
        {
            using Tensor block = blocks.Logits(buffer, start);
            softmax.Accumulate(block, start);
        }
    }

    /// <summary>
    /// The derivative of each log-prob with respect to its hidden state: (head[target] - sum_v p_v head[v]) / temperature, [R, H]. The probabilities p_v are
    /// known only after the last block. Until then the sum uses exp(z - max) with the largest logit seen so far, and is scaled down whenever a larger logit
    /// appears (the online softmax of FlashAttention, Dao et al. 2022, section 3.1).
    /// </summary>
    private static Tensor AccumulateWithDerivatives(HeadBlocks blocks, SoftmaxRows softmax, Tensor head, Tensor targets, double temperature)
    {
        using var scope = NewDisposeScope();
        ScalarType type = SoftmaxRows.ResultType(head.dtype);
        Tensor buffer = blocks.NewBuffer(), weighted = zeros([targets.size(0), head.size(1)], type, head.device);
        foreach (long start in blocks.Starts)
        {
            using var blockScope = NewDisposeScope();
            Tensor block = blocks.Logits(buffer, start), shrink = softmax.AccumulateTerms(block, start).to(head.device);
            weighted.mul_(shrink.unsqueeze(1));
            blocks.AddWeightedHead(weighted, block, start);
        }
        using Scalar scale = (1 / temperature).ToScalar();
        Tensor mean = weighted.div_(softmax.SumOfTerms().to(head.device).unsqueeze(1));
        return head.index_select(0, targets).to_type(type).sub_(mean).mul_(scale).MoveToOuterDisposeScope();
    }
}
