using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.Cispo"/>: -sg[clamp(ratio)] A log pi.</summary>
internal readonly struct CappedWeightFormula<T>(double minWeight, double maxWeight, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector256<T> _min = Lanes.Of<T>(minWeight);
    private readonly Vector256<T> _max = Lanes.Of<T>(maxWeight);
    private readonly Vector256<T> _limit = Lanes.Of<T>(maxLogRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Power(Vector256<T> logRatio) => Lanes.ClampedExp(logRatio, _limit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages)
    {
        Vector256<T> slope = -(Lanes.Clamp(power, _min, _max) * advantages);
        return new(slope * logProbs, slope)
        {
            Low = Vector256.LessThan(power, _min) & Vector256.LessThan(advantages, Vector256<T>.Zero),
            High = Vector256.GreaterThan(power, _max) & Vector256.GreaterThan(advantages, Vector256<T>.Zero),
        };
    }
}
