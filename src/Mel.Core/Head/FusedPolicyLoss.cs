using Mel.Losses;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// Clipped surrogate straight from hidden states: loss and gradients of a chunk of rows are computed together, so that logits are made once (the recomputing
/// path of <see cref="TokenLogProbs.FromHidden"/> makes them twice) and no more than one chunk of them is held. Rows that cannot carry gradient are left out.
/// </summary>
/// <remarks>
/// The gradients exist when the loss does and are handed out by its backward pass, which works once. Sequence-level ratios need all log-probs of a trajectory
/// before the first gradient: use <see cref="TokenLogProbs.FromHidden"/> with <see cref="PolicyLoss"/> for them.
/// </remarks>
public static class FusedPolicyLoss
{
    /// <summary>sum_n weights_n (clipped surrogate_n corrections_n + klCoefficient divergence_n).</summary>
    /// <param name="hidden">Last hidden states of the response positions, [N, H]; carries gradient.</param>
    /// <param name="head">Output embedding, [V, H], of the type of <paramref name="hidden"/>, or narrower where that is float32; carries gradient.</param>
    /// <param name="targets">The sampled tokens, [N], int64.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded at sampling time, [N].</param>
    /// <param name="advantages">[N]; a constant.</param>
    /// <param name="weights">Factor of each token in the loss, [N], 0 for a token that does not train: <see cref="MaskedReduce.Weights"/>.</param>
    /// <param name="clip">epsilon, unitless.</param>
    /// <param name="settings">Everything that has a default; null for the defaults.</param>
    /// <param name="refLogProbs">log pi_ref of the frozen reference, [N]; needed for a divergence term.</param>
    /// <param name="corrections">Importance weights of <see cref="SamplerMismatch"/>, [N]; null for none.</param>
    /// <exception cref="ShapeMismatchException">The inputs do not fit together.</exception>
    /// <exception cref="ArgumentException">A divergence term is asked for without reference log-probs, or with an estimator that has no place in a loss.</exception>
    public static FusedPolicyLossResult Compute(Tensor hidden, Tensor head, Tensor targets, Tensor oldLogProbs, Tensor advantages, Tensor weights, ClipRange clip,
        FusedPolicyLossSettings? settings = null, Tensor? refLogProbs = null, Tensor? corrections = null)
    {
        settings ??= new();
        TokenLogProbs.RequireHead(hidden, head, targets);
        foreach ((Tensor? vector, string name) in ((Tensor?, string)[])[(oldLogProbs, nameof(oldLogProbs)), (advantages, nameof(advantages)), (weights, nameof(weights)), (refLogProbs, nameof(refLogProbs)), (corrections, nameof(corrections))])
        {
            if (vector is null) continue;
            Shapes.RequireVector(vector, name);
            Shapes.RequireLength(vector, 0, hidden.size(0), name, "one value per row of hidden");
        }
        if (settings.KlCoefficient != 0)
        {
            if (refLogProbs is null) throw new ArgumentException("A divergence term needs the log-probs of the reference; pass refLogProbs or leave KlCoefficient at 0.", nameof(refLogProbs));
            if (Divergence.ReasonAgainstLoss(settings.KlEstimator) is { } reason) throw new ArgumentException($"{reason}.", nameof(settings));
        }
        using var scope = NewDisposeScope();
        Tensor computed;
        using (no_grad()) computed = settings.KlCoefficient != 0 ? weights.ne(Scalars.Zero) : weights.ne(Scalars.Zero) & advantages.ne(Scalars.Zero);
        var inputs = new FusedPolicyLossFunction.Inputs(targets, oldLogProbs, advantages, weights, refLogProbs, corrections, clip, settings, is_grad_enabled());
        Tensor loss = FusedPolicyLossFunction.apply(hidden.contiguous(), head.t(), computed.nonzero().squeeze(1), inputs);
        return new(loss.MoveToOuterDisposeScope(), inputs.LogProbs!.MoveToOuterDisposeScope(), computed.MoveToOuterDisposeScope());
    }
}
