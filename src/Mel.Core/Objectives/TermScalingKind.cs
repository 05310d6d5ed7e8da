namespace Mel.Objectives;

/// <summary>What the number of a <see cref="TermScaling"/> means.</summary>
public enum TermScalingKind
{
    /// <summary>The loss is multiplied by it.</summary>
    Fixed,

    /// <summary>
    /// The gradient of the term, summed over the optimizer batch, is rescaled so that its norm is this multiple of the first term's gradient norm. A step
    /// whose first term has no gradient takes nothing from this one.
    /// </summary>
    GradientNormRatio,
}
