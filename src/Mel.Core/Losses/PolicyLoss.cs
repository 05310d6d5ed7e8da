using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// Policy-gradient losses per token; lower is better. Only logProbs carries gradient. Positions that the mask does not select contribute exactly 0 to value
/// and gradient, whatever they hold. <see cref="MaskedReduce.Aggregate"/> turns the per-token losses into a scalar.
/// </summary>
public static class PolicyLoss
{
    /// <summary>
    /// Importance ratio rho = exp(clamp(log pi - log pi_old)). At <see cref="RatioLevel.Sequence"/> the geometric mean over the trajectory's tokens (GSPO),
    /// with the gradient of a token's own log-prob: s_t = sg[s] pi_t / sg[pi_t] (verl core_algos.py <c>compute_policy_loss_gspo</c>).
    /// </summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded at sampling time, [B, T].</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="level">Per token, or one per trajectory.</param>
    /// <param name="maxLogRatio">The log-ratio is clamped to +- this before exp, with gradient 0 outside; null for no clamp.</param>
    /// <returns>[B, T]; 1 where the mask does not select. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">Two inputs differ in shape.</exception>
    public static Tensor Ratio(Tensor logProbs, Tensor oldLogProbs, Tensor mask, RatioLevel level = RatioLevel.Token, double? maxLogRatio = 20)
    {
        RequireMatrices(logProbs, oldLogProbs, mask);
        using var scope = NewDisposeScope();
        Tensor selected = Masks.AsBool(mask);
        Tensor logRatio = Masks.Keep(selected, logProbs - oldLogProbs.detach());        // [B, T]
        if (level == RatioLevel.Sequence)
        {
            Tensor length = selected.sum(1, keepdim: true, type: logProbs.dtype).clamp_min(Scalars.One);    // [B, 1]  |y_i|
            Tensor mean = logRatio.detach().sum(1, keepdim: true) / length;                                 // [B, 1]  log s_i
            logRatio = Masks.Keep(selected, logRatio - logRatio.detach() + mean);       // value log s_i, slope 1 in each token
        }
        return logRatio.Within(maxLogRatio).exp().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Clipped surrogate: -min(rho A, clip(rho, 1 - low, 1 + high) A), the first term of Eq. 10 negated (PPO, GRPO, DAPO; with sequence ratios GSPO).
    /// Dual clip bounds it by -c A where A is negative; delta bounds rho in the unclipped branch (INTELLECT-2).
    /// </summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded at sampling time, [B, T].</param>
    /// <param name="advantages">[B], [B, 1] or [B, T]; a constant.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="clip">epsilon, unitless.</param>
    /// <param name="dualClip">c above 1 (verl <c>clip_ratio_c</c>, 3); null for none, as in Eq. 10.</param>
    /// <param name="level">Ratio per token, or one per trajectory.</param>
    /// <param name="delta">Upper bound of rho in the unclipped branch (TRL <c>delta</c>); null for none.</param>
    /// <param name="maxLogRatio">Clamp of the log-ratio before exp; null for none.</param>
    /// <exception cref="Runtime.ShapeMismatchException">The inputs do not fit together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dual clip of 1 or less would act on every token.</exception>
    public static PolicyLossTerms ClippedSurrogate(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, ClipRange clip, double? dualClip = null,
        RatioLevel level = RatioLevel.Token, double? delta = null, double? maxLogRatio = 20)
    {
        if (dualClip is { } c && !(c > 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(dualClip), dualClip, $"The dual clip must be above 1, got {c}: at 1 or less it would clip tokens whose ratio has not moved.");
        }
        using var scope = NewDisposeScope();
        Tensor ratio = Ratio(logProbs, oldLogProbs, mask, level, maxLogRatio);          // [B, T]  rho
        Tensor gain = Gain(logProbs, advantages, mask);                                 // [B, T]  A
        Tensor bounded = delta is { } most ? ratio.Clip(double.NegativeInfinity, most) : ratio;
        Tensor objective = minimum(bounded * gain, ratio.Clip(clip.Min, clip.Max) * gain);
        Tensor negative = gain.lt(Scalars.Zero), positive = gain.gt(Scalars.Zero);
        if (dualClip is { } bound) objective = where(negative, maximum(objective, gain.Times(bound)), objective);
        Tensor constant = ratio.detach(), low = constant.IsBelow(clip.Min) & negative, high = constant.IsAbove(clip.Max) & positive;
        return new PolicyLossTerms(objective.neg(), constant, low, high).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// CISPO: -sg[clamp(rho, minWeight, maxWeight)] A log pi. Every token keeps a gradient; only its weight is bounded. Both bounds are absolute:
    /// TRL's <c>epsilon_high</c> is maxWeight, verl's is maxWeight - 1.
    /// </summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded at sampling time, [B, T].</param>
    /// <param name="advantages">[B], [B, 1] or [B, T]; a constant.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="maxWeight">Largest weight, unitless.</param>
    /// <param name="minWeight">Smallest weight; 0 for none.</param>
    /// <param name="maxLogRatio">Clamp of the log-ratio before exp; null for none.</param>
    /// <exception cref="Runtime.ShapeMismatchException">The inputs do not fit together.</exception>
    public static PolicyLossTerms Cispo(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, double maxWeight, double minWeight = 0,
        double? maxLogRatio = 20)
    {
        using var scope = NewDisposeScope();
        Tensor ratio = Ratio(logProbs.detach(), oldLogProbs, mask, RatioLevel.Token, maxLogRatio);      // [B, T]  sg[rho]
        Tensor gain = Gain(logProbs, advantages, mask);                                                 // [B, T]  A
        Tensor loss = (ratio.Clip(minWeight, maxWeight) * gain * Masks.Keep(Masks.AsBool(mask), logProbs)).neg();
        Tensor low = ratio.IsBelow(minWeight) & gain.lt(Scalars.Zero), high = ratio.IsAbove(maxWeight) & gain.gt(Scalars.Zero);
        return new PolicyLossTerms(loss, ratio, low, high).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// SAPO: -A sigmoid(tau (rho - 1)) 4 / tau: a smooth gate in place of a clip, narrower where the advantage is negative (verl, TRL, Liger <c>sapo</c>).
    /// </summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded at sampling time, [B, T].</param>
    /// <param name="advantages">[B], [B, 1] or [B, T]; a constant.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="positiveTemperature">tau where the advantage is positive.</param>
    /// <param name="negativeTemperature">tau elsewhere.</param>
    /// <param name="maxLogRatio">Clamp of the log-ratio before exp; null for none.</param>
    /// <returns>[B, T]. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The inputs do not fit together.</exception>
    public static Tensor SoftGated(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, double positiveTemperature = 1,
        double negativeTemperature = 1.05, double? maxLogRatio = 20)
    {
        using var scope = NewDisposeScope();
        Tensor ratio = Ratio(logProbs, oldLogProbs, mask, RatioLevel.Token, maxLogRatio);       // [B, T]  rho
        Tensor gain = Gain(logProbs, advantages, mask);                                         // [B, T]  A
        Tensor tau = where(gain.gt(Scalars.Zero), ones_like(gain).Times(positiveTemperature), ones_like(gain).Times(negativeTemperature));
        Tensor gate = (tau * ratio.sub(Scalars.One)).sigmoid().Times(4) / tau;
        return (gain * gate).neg().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// DPPO as prime-rl runs it: -(rho A) with a token dropped once its probability has moved too far in the direction the advantage pushes, plus
    /// coefficient * (log rho)^2 on every token. rho is taken against the sampler's own log-probs and is not clamped.
    /// </summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="samplerLogProbs">log pi recorded by the sampler, [B, T].</param>
    /// <param name="advantages">[B], [B, 1] or [B, T]; a constant.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="maxProbabilityDrop">A token of negative advantage is dropped when pi_sampler - pi exceeds this.</param>
    /// <param name="maxProbabilityRise">A token of positive advantage is dropped when pi - pi_sampler exceeds this.</param>
    /// <param name="logRatioPenalty">Coefficient of the squared log-ratio.</param>
    /// <returns>[B, T]. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The inputs do not fit together.</exception>
    public static Tensor ProbabilityGated(Tensor logProbs, Tensor samplerLogProbs, Tensor advantages, Tensor mask, double maxProbabilityDrop = 0.2,
        double maxProbabilityRise = 0.2, double logRatioPenalty = 1e-3)
    {
        RequireMatrices(logProbs, samplerLogProbs, mask);
        using var scope = NewDisposeScope();
        Tensor selected = Masks.AsBool(mask);
        Tensor gain = Gain(logProbs, advantages, mask);                                         // [B, T]  A
        Tensor logRatio = Masks.Keep(selected, logProbs - samplerLogProbs.detach());            // [B, T]  log rho
        Tensor rise = Masks.Keep(selected, logProbs.detach().exp() - samplerLogProbs.detach().exp());
        Tensor dropped = where(gain.gt(Scalars.Zero), rise.IsAbove(maxProbabilityRise), rise.IsBelow(-maxProbabilityDrop));
        Tensor objective = Masks.Keep(dropped.logical_not(), logRatio.exp() * gain);
        return (logRatio.square().Times(logRatioPenalty) - objective).MoveToOuterDisposeScope();
    }

    /// <summary>REINFORCE: -A log pi, no ratio and no clip.</summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; carries gradient.</param>
    /// <param name="advantages">[B], [B, 1] or [B, T]; a constant.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <returns>[B, T]. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The inputs do not fit together.</exception>
    public static Tensor Reinforce(Tensor logProbs, Tensor advantages, Tensor mask)
    {
        Shapes.RequireMatrix(logProbs, nameof(logProbs));
        Shapes.RequireSame(logProbs, mask, nameof(logProbs), nameof(mask));
        using var scope = NewDisposeScope();
        Tensor gain = Gain(logProbs, advantages, mask);                                         // [B, T]  A
        return (gain * Masks.Keep(Masks.AsBool(mask), logProbs)).neg().MoveToOuterDisposeScope();
    }

    /// <summary>The advantage of each token, [B, T], without gradient; 0 where the mask does not select.</summary>
    private static Tensor Gain(Tensor logProbs, Tensor advantages, Tensor mask)
        => Masks.Keep(Masks.AsBool(mask), Shapes.RequireBroadcast(logProbs, advantages, nameof(logProbs), nameof(advantages)).detach());

    private static void RequireMatrices(Tensor logProbs, Tensor oldLogProbs, Tensor mask)
    {
        Shapes.RequireMatrix(logProbs, nameof(logProbs));
        Shapes.RequireSame(logProbs, oldLogProbs, nameof(logProbs), nameof(oldLogProbs));
        Shapes.RequireSame(logProbs, mask, nameof(logProbs), nameof(mask));
    }
}

/// <summary>
/// A per-token policy loss with the tensors behind it, so that a metric needs no second computation. All owned by the caller's dispose scope.
/// </summary>
/// <param name="Loss">Per-token loss, [B, T]; carries gradient to the log-probs; exactly 0 where the mask does not select.</param>
/// <param name="Ratio">Importance ratio rho, [B, T], before any clipping, without gradient; 1 where the mask does not select.</param>
/// <param name="ClippedLow">Whether the lower bound took the token's gradient away: rho below it and a negative advantage; [B, T], bool.</param>
/// <param name="ClippedHigh">
/// Whether the upper bound took the token's gradient away: rho above it and a positive advantage (CISPO: the weight was capped); [B, T], bool.
/// </param>
public sealed record PolicyLossTerms(Tensor Loss, Tensor Ratio, Tensor ClippedLow, Tensor ClippedHigh)
{
    internal PolicyLossTerms MoveToOuterDisposeScope()
    {
        foreach (Tensor tensor in (Tensor[])[Loss, Ratio, ClippedLow, ClippedHigh]) tensor.MoveToOuterDisposeScope();
        return this;
    }
}

/// <summary>How far the importance ratio may move from 1 before a token stops training: the ratio is clipped to [1 - Low, 1 + High].</summary>
/// <param name="Low">epsilon of Eq. 10 below 1, unitless, in [0, 1].</param>
/// <param name="High">epsilon above 1, unitless, at least 0; larger than <paramref name="Low"/> in DAPO ("clip higher").</param>
public readonly record struct ClipRange(double Low, double High)
{
    /// <summary>The same distance on both sides.</summary>
    /// <param name="epsilon">epsilon of Eq. 10, unitless.</param>
    public ClipRange(double epsilon)
        : this(epsilon, epsilon)
    {
    }

    /// <summary>No clipping.</summary>
    public static ClipRange None => new(double.PositiveInfinity, double.PositiveInfinity);

    internal double Min => 1 - Low;

    internal double Max => 1 + High;
}

/// <summary>Whether an importance ratio belongs to a token or to a trajectory.</summary>
public enum RatioLevel
{
    /// <summary>Every token has the ratio of its own probabilities (PPO, GRPO).</summary>
    Token,

    /// <summary>All tokens of a trajectory share one ratio; see the function for whether log-ratios are averaged (GSPO) or summed.</summary>
    Sequence,
}
