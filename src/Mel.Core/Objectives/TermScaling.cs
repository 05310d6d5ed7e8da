namespace Mel.Objectives;

/// <summary>How strongly a term counts in the sum of gradients.</summary>
/// <param name="Kind">What <paramref name="Value"/> means.</param>
/// <param name="Value">The factor lambda or the ratio rho, unitless, at least 0.</param>
public readonly record struct TermScaling(TermScalingKind Kind, double Value)
{
    /// <summary>The term as it is.</summary>
    public static TermScaling One => new(TermScalingKind.Fixed, 1.0);

    /// <summary>The term times a constant (lambda).</summary>
    /// <param name="weight">Unitless, at least 0.</param>
    public static TermScaling Fixed(double weight) => new(TermScalingKind.Fixed, weight);

    /// <summary>The term's gradient brought to a share of the first term's gradient norm (rho).</summary>
    /// <param name="ratio">Unitless, at least 0.</param>
    public static TermScaling GradientNormRatio(double ratio) => new(TermScalingKind.GradientNormRatio, ratio);

    /// <summary>The factor of a term whose scaling does not depend on gradients.</summary>
    internal double FixedWeight(string term) => Kind == TermScalingKind.Fixed
        ? Value
        : throw new InvalidOperationException(
            $"The term '{term}' is scaled by {Kind}, which needs the gradients of each term; use the trainer, or scale it by {nameof(TermScalingKind.Fixed)}.");
}

/// <summary>What the number of a <see cref="TermScaling"/> means.</summary>
public enum TermScalingKind
{
    /// <summary>The number multiplies the loss of the term.</summary>
    Fixed,

    /// <summary>
    /// The gradient of the term, summed over the optimizer batch, is rescaled so that its norm is the number times the gradient norm of the first term. Where
    /// the first term has no gradient, the term has none either.
    /// </summary>
    GradientNormRatio,
}
