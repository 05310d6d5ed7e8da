using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>Per-token estimates of the divergence from the reference policy. Positions that the mask does not select are 0 in value and gradient.</summary>
public static class Divergence
{
    private static readonly Scalar Most = 20.0.ToScalar();      // nats

    /// <summary>Estimates the divergence of each token.</summary>
    /// <param name="estimator">Which estimator.</param>
    /// <param name="logProbs">log pi_theta, [B, T]; carries gradient.</param>
    /// <param name="refLogProbs">log pi_ref of the frozen reference, [B, T].</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="maxLogRatio">Clamp of d inside k3's exponential, with gradient 0 outside; null for none.</param>
    /// <param name="maxValue">
    /// Clamp of the estimate to +- this; null, the default, for none. verl clamps k3 at 10, which takes the gradient away exactly when the policy has drifted
    /// (pi_theta below pi_ref / 13.6).
    /// </param>
    /// <returns>[B, T], nats. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">Two inputs differ in shape.</exception>
    public static Tensor PerToken(KlEstimator estimator, Tensor logProbs, Tensor refLogProbs, Tensor mask, double? maxLogRatio = 20, double? maxValue = null)
    {
        if (!Enum.IsDefined(estimator)) throw new ArgumentOutOfRangeException(nameof(estimator), estimator, "Unknown estimator.");
        Shapes.RequireMatrix(logProbs, nameof(logProbs));
        Shapes.RequireSame(logProbs, refLogProbs, nameof(logProbs), nameof(refLogProbs));
        Shapes.RequireSame(logProbs, mask, nameof(logProbs), nameof(mask));
        using var scope = NewDisposeScope();
        Tensor d = Masks.Keep(Masks.AsBool(mask), refLogProbs.detach() - logProbs);     // [B, T]
        Tensor k2 = d.square().mul(Scalars.Half);
        Tensor value = estimator switch
        {
            KlEstimator.K1 or KlEstimator.K1StraightThrough => d.neg(),
            KlEstimator.Absolute => d.abs(),
            KlEstimator.K2 => k2,
            _ => K3(d.Within(maxLogRatio)),
        };
        value = value.Within(maxValue);
        if (estimator is KlEstimator.K1StraightThrough or KlEstimator.K3StraightThrough)
            value = k2 - k2.detach() + value.detach();                                  // on-policy the gradient of k2 is that of the reverse divergence
        return value.MoveToOuterDisposeScope();
    }

    /// <summary>k1 = log pi_theta - log pi_ref.</summary>
    /// <inheritdoc cref="PerToken"/>
    public static Tensor K1(Tensor logProbs, Tensor refLogProbs, Tensor mask, double? maxValue = null)
        => PerToken(KlEstimator.K1, logProbs, refLogProbs, mask, null, maxValue);

    /// <summary>k2 = (log pi_theta - log pi_ref)^2 / 2.</summary>
    /// <inheritdoc cref="PerToken"/>
    public static Tensor K2(Tensor logProbs, Tensor refLogProbs, Tensor mask, double? maxValue = null)
        => PerToken(KlEstimator.K2, logProbs, refLogProbs, mask, null, maxValue);

    /// <summary>k3 = e^d - d - 1 with d = log pi_ref - log pi_theta.</summary>
    /// <inheritdoc cref="PerToken"/>
    public static Tensor K3(Tensor logProbs, Tensor refLogProbs, Tensor mask, double? maxLogRatio = 20, double? maxValue = null)
        => PerToken(KlEstimator.K3, logProbs, refLogProbs, mask, maxLogRatio, maxValue);

    /// <summary>
    /// The divergence of each token for a loss. A log-ratio beyond 20 nats counts as 20 and pulls as strongly as it does there: one token that the reference
    /// all but excludes, with a log-probability of minus infinity perhaps, neither makes the loss infinite nor outweighs all others. (k3 has this bound
    /// anyway, and no gradient outside, where its own would grow exponentially.)
    /// </summary>
    /// <inheritdoc cref="PerToken"/>
    internal static Tensor InLoss(KlEstimator estimator, Tensor logProbs, Tensor refLogProbs, Tensor mask)
    {
        if (estimator == KlEstimator.K3) return PerToken(estimator, logProbs, refLogProbs, mask);
        using var scope = NewDisposeScope();
        Tensor now = logProbs.detach();
        Tensor near = minimum(maximum(refLogProbs.detach(), now.sub(Most)), now.add(Most));         // [B, T]
        return PerToken(estimator, logProbs, near, mask).MoveToOuterDisposeScope();
    }

    /// <summary>Why an estimator must not be added to a loss, or null when it may.</summary>
    /// <param name="estimator">The estimator a user chose for the loss.</param>
    public static string? ReasonAgainstLoss(KlEstimator estimator) => estimator == KlEstimator.K1
        ? "k1 in the loss has a gradient of expectation zero: it adds noise and pulls nowhere. "
            + "Put k1 into the reward, or use K2 (or K3StraightThrough) in the loss"
        : null;

    private static Tensor K3(Tensor d) => d.exp() - d - Scalars.One;
}

/// <summary>Estimators of KL(pi_theta || pi_ref) from sampled tokens, with d = log pi_ref - log pi_theta (Schulman, "Approximating KL divergence").</summary>
public enum KlEstimator
{
    /// <summary>-d. Unbiased value; its gradient has expectation 0, so it belongs into the reward and is refused in the loss.</summary>
    K1,

    /// <summary>|d|.</summary>
    Absolute,

    /// <summary>d^2 / 2. Biased value, right gradient on-policy: the estimator for a loss.</summary>
    K2,

    /// <summary>e^d - d - 1. Unbiased, non-negative, low variance; biased gradient.</summary>
    K3,

    /// <summary>The value of k1 with the gradient of k2 (verl <c>k1+</c>).</summary>
    K1StraightThrough,

    /// <summary>The value of k3 with the gradient of k2 (verl <c>k3+</c>).</summary>
    K3StraightThrough,
}
