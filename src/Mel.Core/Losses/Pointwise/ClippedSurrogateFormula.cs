using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary><see cref="PolicyLoss.ClippedSurrogate"/>: -min(rho A, clip(rho) A), with dual clip and delta.</summary>
internal readonly struct ClippedSurrogateFormula<T>(ClipRange clip, double? dualClip, double? delta, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _min = Lanes.Bound<T>(clip.Min);
    private readonly T _max = Lanes.Bound<T>(clip.Max);
    private readonly T _dual = Lanes.Bound<T>(dualClip);
    private readonly T _delta = Lanes.Bound<T>(delta);
    private readonly Limit<T> _limit = new(maxLogRatio);

    public static bool ReadsLogProbs => false;

    public static bool Clips => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => _limit.Exp(logRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
    {
        V positive = V.GreaterThan(advantages, default), negative = V.LessThan(advantages, default);
        V bounded = V.Min(V.Create(_delta), power), clipped = Lanes.Clamp<V, T>(power, V.Create(_min), V.Create(_max));
        V used = V.Select(positive, V.Min(bounded, clipped), V.Max(bounded, clipped));  // min of the products
        V capped = V.GreaterThan(used, V.Create(_dual)) & negative;                     // -c A is the smaller loss
        V weight = V.Select(negative, V.Min(V.Create(_dual), used), used);
        V follows = V.Equal(used, power) & ~capped & _limit.Holds(logRatio) & (positive | negative);
        return new(
            -V.Select(positive | negative, advantages * weight, advantages),            // 0 stays 0 at an infinite ratio
            -(advantages * (power & follows)))
        {
            Low = V.LessThanBits(power, V.Create(_min)) & V.Bits(negative),
            High = V.GreaterThanBits(power, V.Create(_max)) & V.Bits(positive),
        };
    }
}
