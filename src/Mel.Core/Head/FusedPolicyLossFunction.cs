using Mel.Losses;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>Loss and gradients of <see cref="FusedPolicyLoss"/>, chunk by chunk in the forward pass; the backward pass scales what is there and hands it out.</summary>
/// <remarks>The head enters transposed for the reason given at <see cref="HeadLogProbsFunction"/>.</remarks>
internal sealed class FusedPolicyLossFunction : autograd.SingleTensorFunction<FusedPolicyLossFunction>
{
    /// <summary>Memory for the logits of one chunk: every further chunk reads and writes the head's gradient once more.</summary>
    private const long ChunkBytes = 320L << 20;

    public sealed record Inputs(Tensor Targets, Tensor OldLogProbs, Tensor Advantages, Tensor Weights, Tensor? RefLogProbs, Tensor? Corrections, ClipRange Clip, FusedPolicyLossSettings Settings, bool WithGradient)
    {
        /// <summary>Set by the forward pass: log-probs of the computed rows, [N], NaN elsewhere.</summary>
        public Tensor? LogProbs { get; set; }
    }

    public override string Name => "MelFusedPolicyLoss";

    /// <summary>hidden [N, H] contiguous, head^T [H, V], indices of the rows to compute, and the constants of the loss.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = (Tensor)vars[0], transposedHead = (Tensor)vars[1], active = (Tensor)vars[2];
        var inputs = (Inputs)vars[3];
        Tensor head = transposedHead.t();
        ScalarType type = SoftmaxRows.ResultType(hidden.dtype);
        Tensor loss = zeros([], type, hidden.device), logProbs = full(hidden.size(0), double.NaN, type, hidden.device);
        Tensor? hiddenGradient = inputs.WithGradient && hidden.requires_grad ? zeros(hidden.shape, type, hidden.device) : null;
        bool wantsHead = inputs.WithGradient && transposedHead.requires_grad;
        long chunkRows = ChunkRows(inputs.Settings.ChunkRows, active.size(0), head, wantsHead);
        ScalarType headType = active.size(0) > chunkRows ? type : head.dtype;           // chunks add up in float32; a single one may write its own type
        Tensor? headGradient = !wantsHead ? null : active.size(0) == 0 ? zeros(head.shape, headType, head.device) : empty(head.shape, headType, head.device);
        Tensor memory = empty(Math.Min(chunkRows, active.size(0)) * head.size(0), HeadBlocks.LogitType(head, NarrowProducts.AreNative(head.dtype)), hidden.device);   // one chunk of logits
        for (long first = 0; first < active.size(0); first += chunkRows)
        {
            using var chunkScope = NewDisposeScope();
            Tensor index = active.narrow(0, first, Math.Min(chunkRows, active.size(0) - first));
            Tensor rows = hidden.index_select(0, index);                                // [R, H]
            var blocks = new HeadBlocks(rows, head, NarrowProducts.AreNative(head.dtype));
            var softmax = SoftmaxRows.Create(inputs.Targets.index_select(0, index), HeadBlocks.LogitType(head, NarrowProducts.AreNative(head.dtype)), inputs.Settings.Temperature, entropy: false);
            List<Tensor> logits = [];                                                   // the chunk's logits, block by block
            foreach (long start in blocks.Starts)
            {
                logits.Add(blocks.Logits(blocks.PlaceIn(memory, start), start));
                softmax.Accumulate(logits[^1], start);
            }
            (Tensor chunkLogProbs, Tensor logSumExp, _) = softmax.Finish();
            (Tensor chunkLoss, Tensor upstream) = Loss(inputs, chunkLogProbs.to(hidden.device), index);
            loss.add_(chunkLoss);
            logProbs.index_copy_(0, index, chunkLogProbs.to(hidden.device));
            if (hiddenGradient is null && headGradient is null) continue;
            softmax.BeginBackward(logSumExp, upstream, null, null);
            Tensor rowGradient = zeros(rows.shape, type, hidden.device);
            foreach ((long start, Tensor block) in blocks.Starts.Zip(logits))
            {
                softmax.ToLogitGradient(block, start);
                if (hiddenGradient is not null) blocks.AddWeightedHead(rowGradient, block, start);
                if (headGradient is not null) blocks.AddHeadGradient(headGradient, block, start, overwrite: first == 0);
            }
            hiddenGradient?.index_copy_(0, index, rowGradient);
        }
        Tensor?[] gradients = [hiddenGradient?.to_type(hidden.dtype), headGradient?.to_type(head.dtype)];
        ctx.save_for_backward([.. gradients.OfType<Tensor>().Select(g => g.MoveToOuterDisposeScope())]);
        ctx.save_data(nameof(hidden), hiddenGradient is not null);
        ctx.save_data(nameof(head), headGradient is not null);
        inputs.LogProbs = logProbs.MoveToOuterDisposeScope();
        return loss.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => BackwardGuard.Gradients(ctx, grad_output, tensors: 3, others: 1, (saved, upstream) =>
    {
        if (upstream.to_type(ScalarType.Float64).item<double>() != 1)
            foreach (Tensor gradient in saved) gradient.mul_(upstream);
        int next = 0;
        Tensor? hidden = (bool)ctx.get_data("hidden") ? saved[next++] : null, head = (bool)ctx.get_data("head") ? saved[next] : null;
        return [hidden, head?.t(), null];
    });

    /// <summary>The loss of a chunk and its gradient with respect to the log-probs, through the very kernels of the other path: [R] is nothing beside [R, V].</summary>
    private static (Tensor Loss, Tensor Upstream) Loss(Inputs inputs, Tensor logProbs, Tensor index)
    {
        using var scope = NewDisposeScope();
        using var recorded = enable_grad();
        Tensor Row(Tensor of) => of.detach().index_select(0, index).unsqueeze(0);       // [1, R]
        Tensor leaf = logProbs.detach().unsqueeze(0).requires_grad_(), weights = Row(inputs.Weights), mask = weights.ne(Scalars.Zero);
        FusedPolicyLossSettings settings = inputs.Settings;
        Tensor perToken = PolicyLoss.ClippedSurrogate(leaf, Row(inputs.OldLogProbs), Row(inputs.Advantages), mask, inputs.Clip, settings.DualClip, RatioLevel.Token, settings.Delta, settings.MaxLogRatio).Loss;
        if (inputs.Corrections is { } corrections) perToken = perToken * Row(corrections);
        if (settings.KlCoefficient != 0)
        {
            using Scalar coefficient = settings.KlCoefficient.ToScalar();
            perToken = perToken + Divergence.PerToken(settings.KlEstimator, leaf, Row(inputs.RefLogProbs!), mask, settings.MaxLogRatio).mul(coefficient);
        }
        Tensor loss = (perToken * weights).sum();
        if (inputs.WithGradient) loss.backward();
        return (loss.detach().MoveToOuterDisposeScope(), (leaf.grad ?? zeros_like(leaf)).squeeze(0).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Equal chunks of about <see cref="ChunkBytes"/>, or what the caller asks for. Several chunks sum a narrower head's gradient in a float32 matrix of its size; rows
    /// whose logits fit into that memory stay one chunk.
    /// </summary>
    private static long ChunkRows(int asked, long rows, Tensor head, bool wantsHead)
    {
        if (asked > 0) return asked;
        long rowBytes = head.size(0) * HeadBlocks.LogitType(head, NarrowProducts.AreNative(head.dtype)).ElementSize();
        long sumBytes = wantsHead && head.dtype != SoftmaxRows.ResultType(head.dtype) ? head.NumberOfElements * sizeof(float) : 0;
        if (rows * rowBytes <= ChunkBytes + sumBytes) return Math.Max(1, rows);
        long most = Math.Max(1, ChunkBytes / rowBytes);
        long chunks = Math.Max(1, (rows + most - 1) / most);
        return Math.Max(1, (rows + chunks - 1) / chunks);
    }
}
