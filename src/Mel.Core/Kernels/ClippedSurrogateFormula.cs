using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.ClippedSurrogate"/>: -min(rho A, clip(rho) A), with dual clip and delta.</summary>
internal readonly struct ClippedSurrogateFormula<T>(ClipRange clip, double? dualClip, double? delta, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector512<T> _min = Lanes.Of<T>(clip.Min);
    private readonly Vector512<T> _max = Lanes.Of<T>(clip.Max);
    private readonly Vector512<T> _dual = Lanes.Of<T>(dualClip);
    private readonly Vector512<T> _delta = Lanes.Of<T>(delta);
    private readonly Vector512<T> _limit = Lanes.Of<T>(maxLogRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high)
    {
        ratio = Lanes.ClampedExp(logRatio, _limit, out Vector512<T> moves);
        Vector512<T> positive = Vector512.GreaterThan(advantages, Vector512<T>.Zero), negative = Vector512.LessThan(advantages, Vector512<T>.Zero);
        low = Vector512.LessThan(ratio, _min) & negative;
        high = Vector512.GreaterThan(ratio, _max) & positive;
        Vector512<T> bounded = Vector512.Min(ratio, _delta), clipped = Vector512.Min(Vector512.Max(ratio, _min), _max);
        Vector512<T> used = Vector512.ConditionalSelect(positive, Vector512.Min(bounded, clipped), Vector512.Max(bounded, clipped));   // min of the products
        Vector512<T> capped = Vector512.GreaterThan(used, _dual) & negative;            // -c A is the smaller loss
        Vector512<T> weight = Vector512.ConditionalSelect(negative, Vector512.Min(used, _dual), used);
        Vector512<T> follows = Vector512.Equals(used, ratio) & ~capped & moves & (positive | negative);
        value = -Vector512.ConditionalSelect(positive | negative, advantages * weight, advantages);   // 0 stays 0 at an infinite ratio
        slope = -(advantages * (ratio & follows));
    }
}
