using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.Cispo"/>: -sg[clamp(ratio)] A log pi.</summary>
internal readonly struct CappedWeightFormula<T>(double minWeight, double maxWeight, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector512<T> _min = Lanes.Of<T>(minWeight);
    private readonly Vector512<T> _max = Lanes.Of<T>(maxWeight);
    private readonly Vector512<T> _limit = Lanes.Of<T>(maxLogRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high)
    {
        ratio = Lanes.ClampedExp(logRatio, _limit, out _);
        slope = -(Vector512.Min(Vector512.Max(ratio, _min), _max) * advantages);
        low = Vector512.LessThan(ratio, _min) & Vector512.LessThan(advantages, Vector512<T>.Zero);
        high = Vector512.GreaterThan(ratio, _max) & Vector512.GreaterThan(advantages, Vector512<T>.Zero);
        value = slope * logProbs;
    }
}
