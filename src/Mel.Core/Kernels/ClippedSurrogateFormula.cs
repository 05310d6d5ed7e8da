using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.ClippedSurrogate"/>: -min(rho A, clip(rho) A), with dual clip and delta.</summary>
internal readonly struct ClippedSurrogateFormula<T>(ClipRange clip, double? dualClip, double? delta, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector256<T> _min = Lanes.Of<T>(clip.Min);
    private readonly Vector256<T> _max = Lanes.Of<T>(clip.Max);
    private readonly Vector256<T> _dual = Lanes.Of<T>(dualClip);
    private readonly Vector256<T> _delta = Lanes.Of<T>(delta);
    private readonly Vector256<T> _limit = Lanes.Of<T>(maxLogRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Power(Vector256<T> logRatio) => Lanes.ClampedExp(logRatio, _limit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages)
    {
        Vector256<T> positive = Vector256.GreaterThan(advantages, Vector256<T>.Zero), negative = Vector256.LessThan(advantages, Vector256<T>.Zero);
        Vector256<T> bounded = Vector256.MinNative(_delta, power), clipped = Lanes.Clamp(power, _min, _max);
        Vector256<T> used = Vector256.ConditionalSelect(positive, Vector256.MinNative(bounded, clipped), Vector256.MaxNative(bounded, clipped));   // min of the products
        Vector256<T> capped = Vector256.GreaterThan(used, _dual) & negative;            // -c A is the smaller loss
        Vector256<T> weight = Vector256.ConditionalSelect(negative, Vector256.MinNative(_dual, used), used);
        Vector256<T> follows = Vector256.Equals(used, power) & ~capped & Lanes.Within(logRatio, _limit) & (positive | negative);
        return new(
            -Vector256.ConditionalSelect(positive | negative, advantages * weight, advantages),   // 0 stays 0 at an infinite ratio
            -(advantages * (power & follows)))
        {
            Low = Vector256.LessThan(power, _min) & negative,
            High = Vector256.GreaterThan(power, _max) & positive,
        };
    }
}
