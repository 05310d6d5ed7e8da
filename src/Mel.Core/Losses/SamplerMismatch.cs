using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// Corrects for a sampler whose probabilities differ from the trainer's: w = exp(log pi_old - log pi_sampler), a constant that multiplies the policy loss
/// before a divergence is added.
/// </summary>
public static class SamplerMismatch
{
    /// <summary>
    /// Importance weights per token, or one per trajectory: the product over its tokens, or with <paramref name="geometricMean"/> its |y|-th root.
    /// </summary>
    /// <param name="oldLogProbs">log pi_old as the trainer computes it, [B, T].</param>
    /// <param name="samplerLogProbs">log pi as the sampler recorded it, [B, T].</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="level">Token or sequence; a product over a long trajectory leaves any bound quickly.</param>
    /// <param name="rule">What happens outside the bounds.</param>
    /// <param name="min">Lower bound of the weight; null for none.</param>
    /// <param name="max">Upper bound of the weight; null for none.</param>
    /// <param name="geometricMean">At sequence level: mean instead of sum of log-ratios.</param>
    /// <param name="maxLogRatio">Clamp of the (summed) log-ratio before exp; null for none.</param>
    /// <returns>[B, T], without gradient; 0 where the mask does not select. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">Two inputs differ in shape.</exception>
    public static Tensor Weights(Tensor oldLogProbs, Tensor samplerLogProbs, Tensor mask, RatioLevel level = RatioLevel.Token,
        MismatchRule rule = MismatchRule.Truncate, double? min = null, double? max = 2, bool geometricMean = false, double? maxLogRatio = 20)
    {
        Shapes.RequireMatrix(oldLogProbs, nameof(oldLogProbs));
        Shapes.RequireSame(oldLogProbs, samplerLogProbs, nameof(oldLogProbs), nameof(samplerLogProbs));
        Shapes.RequireSame(oldLogProbs, mask, nameof(oldLogProbs), nameof(mask));
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        Tensor selected = Masks.AsBool(mask);
        Tensor logRatio = Masks.Keep(selected, oldLogProbs - samplerLogProbs);          // [B, T]
        if (level == RatioLevel.Sequence)
        {
            logRatio = logRatio.sum(1, keepdim: true);                                  // [B, 1]
            if (geometricMean) logRatio = logRatio / selected.sum(1, keepdim: true, type: logRatio.dtype).clamp_min(Scalars.One);
        }
        using Scalar limit = (maxLogRatio ?? double.PositiveInfinity).ToScalar(), negativeLimit = (-maxLogRatio ?? double.NegativeInfinity).ToScalar();
        using Scalar low = (min ?? 0).ToScalar(), high = (max ?? double.PositiveInfinity).ToScalar();
        Tensor weight = logRatio.clamp(negativeLimit, limit).exp();
        weight = rule == MismatchRule.Truncate ? weight.clamp(low, high) : Masks.Keep(weight.ge(low) & weight.le(high), weight);
        return Masks.Keep(selected, weight.expand_as(oldLogProbs)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Divides weights by their mean, over tokens or (with sequence weights) over trajectories, so that the correction does not change the loss's scale.
    /// </summary>
    /// <param name="weights">[B, T], as <see cref="Weights"/> gives them.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="level">The level the weights were computed at.</param>
    /// <returns>[B, T]. Owned by the caller's dispose scope.</returns>
    public static Tensor NormalizeToMeanOne(Tensor weights, Tensor mask, RatioLevel level = RatioLevel.Token)
    {
        Shapes.RequireMatrix(weights, nameof(weights));
        Shapes.RequireSame(weights, mask, nameof(weights), nameof(mask));
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using Scalar tiny = 1e-8.ToScalar();
        Tensor mean = level == RatioLevel.Token
            ? MaskedReduce.Mean(weights, mask)
            : MaskedReduce.RowMean(weights, mask).sum() / Masks.AsBool(mask).any(1).sum(weights.dtype).clamp_min(Scalars.One);
        return (weights / where(mean.gt(tiny), mean, ones_like(mean))).MoveToOuterDisposeScope();
    }
}

/// <summary>What happens to an importance weight outside its bounds.</summary>
public enum MismatchRule
{
    /// <summary>
    /// The weight is clamped to the bound (truncated importance sampling; verl with one threshold, TRL <c>*_truncate</c>, OpenRLHF <c>tis</c>).
    /// </summary>
    Truncate,

    /// <summary>
    /// The weight becomes 0: what it stands for does not train (IcePop; verl with two thresholds, TRL <c>*_mask</c>, OpenRLHF <c>icepop</c>).
    /// </summary>
    Mask,
}
