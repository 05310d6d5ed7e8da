using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary>
/// The recomputing path of <see cref="TokenLogProbs.FromHidden"/>: the forward pass keeps one number per row (log sum exp, and the entropy), the backward pass
/// computes each block of logits again. One product more than the plain composition, and no [N, V] tensor.
/// </summary>
/// <remarks>
/// The head enters transposed. Its gradient then leaves through the transposition's own node as a tensor of its own, which libtorch takes over as the leaf's
/// gradient; the very tensor a custom function returns would be copied, for the managed wrapper holds a reference to it.
/// </remarks>
internal sealed class HeadLogProbsFunction : autograd.SingleTensorFunction<HeadLogProbsFunction>
{
    private sealed record Settings(double Temperature, bool Entropy, long ChunkRows, bool HiddenGradient, bool HeadGradient);

    public override string Name => "MelHeadLogProbs";

    /// <summary>hidden [N, H] contiguous, head^T [H, V], targets [N], temperature, whether the entropy is wanted, rows of a chunk.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = (Tensor)vars[0], transposedHead = (Tensor)vars[1], targets = (Tensor)vars[2];
        var settings = new Settings((double)vars[3], (bool)vars[4], (long)vars[5], hidden.requires_grad, transposedHead.requires_grad);
        Tensor head = transposedHead.t();
        Tensor results = empty([settings.Entropy ? 2 : 1, hidden.size(0)], SoftmaxRows.ResultType(hidden.dtype), hidden.device), logSumExp = empty(hidden.size(0), results.dtype, hidden.device);
        for (long first = 0; first < hidden.size(0); first += settings.ChunkRows)
        {
            using var chunkScope = NewDisposeScope();
            long count = Math.Min(settings.ChunkRows, hidden.size(0) - first);
            var blocks = new HeadBlocks(hidden.narrow(0, first, count), head);
            var softmax = SoftmaxRows.Create(targets.narrow(0, first, count), HeadBlocks.LogitType(head), settings.Temperature, settings.Entropy);
            Tensor buffer = blocks.NewBuffer();
            foreach (long start in blocks.Starts)
            {
                using Tensor block = blocks.Logits(buffer, start);
                softmax.Accumulate(block, start);
            }
            (Tensor chunkLogProbs, Tensor chunkLogSumExp, Tensor? chunkEntropy) = softmax.Finish();
            results.select(0, 0).narrow(0, first, count).copy_(chunkLogProbs);
            if (settings.Entropy) results.select(0, 1).narrow(0, first, count).copy_(chunkEntropy!);
            logSumExp.narrow(0, first, count).copy_(chunkLogSumExp);
        }
        List<Tensor> saved = [hidden, transposedHead, targets, logSumExp.MoveToOuterDisposeScope()];
        if (settings.Entropy) saved.Add(results.select(0, 1).clone().MoveToOuterDisposeScope());   // an output that saves itself would never be freed
        ctx.save_for_backward(saved);
        ctx.save_data(nameof(Settings), settings);
        return results.MoveToOuterDisposeScope();                                       // [1, N] log-probs, or [2, N] with the entropy below
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => BackwardGuard.Run(ctx, grad_output, tensors: 3, others: 3, static (ctx, upstream) =>
    {
        var settings = (Settings)ctx.get_data(nameof(Settings));
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor hidden = saved[0], head = saved[1].t(), targets = saved[2];
        Tensor? hiddenGradient = null, headGradient = null;
        Tensor ofLogProbs = upstream.select(0, 0);                                      // [N]
        Tensor? ofEntropy = settings.Entropy ? upstream.select(0, 1) : null;            // [N]
        Tensor carries = ofEntropy is null ? ofLogProbs.ne(Scalars.Zero) : ofLogProbs.ne(Scalars.Zero) | ofEntropy.ne(Scalars.Zero);
        Tensor active = carries.nonzero().squeeze(1);                                   // rows that carry gradient
        if (settings.HiddenGradient) hiddenGradient = zeros(hidden.shape, SoftmaxRows.ResultType(hidden.dtype), hidden.device);
        bool several = active.size(0) > settings.ChunkRows;                             // chunks add up in float32; a single one may write its own type
        if (settings.HeadGradient)
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
            var blocks = new HeadBlocks(rows, head);
            var softmax = SoftmaxRows.Create(Rows(targets), HeadBlocks.LogitType(head), settings.Temperature, settings.Entropy);
            softmax.BeginBackward(Rows(saved[3]), Rows(ofLogProbs), ofEntropy is null ? null : Rows(saved[4]), ofEntropy is null ? null : Rows(ofEntropy));
            Tensor buffer = blocks.NewBuffer(), rowGradient = zeros(rows.shape, SoftmaxRows.ResultType(hidden.dtype), hidden.device);
            foreach (long start in blocks.Starts)
            {
                using Tensor block = blocks.Logits(buffer, start);
                softmax.ToLogitGradient(block, start);
                if (hiddenGradient is not null) blocks.AddHiddenGradient(rowGradient, block, start);
                if (headGradient is not null) blocks.AddHeadGradient(headGradient, block, start, overwrite: first == 0);
            }
            hiddenGradient?.index_copy_(0, index, rowGradient);
        }
        return [hiddenGradient?.to_type(hidden.dtype), headGradient?.to_type(head.dtype).t(), null];
    });
}
