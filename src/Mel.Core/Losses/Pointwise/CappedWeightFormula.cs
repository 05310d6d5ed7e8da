using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary><see cref="PolicyLoss.Cispo"/>: -sg[clamp(ratio)] A log pi.</summary>
internal readonly struct CappedWeightFormula<T>(double minWeight, double maxWeight, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _min = Lanes.Bound<T>(minWeight);
    private readonly T _max = Lanes.Bound<T>(maxWeight);
    private readonly bool _hasMin = minWeight > 0;                                       // no ratio is below 0
    private readonly Limit<T> _limit = new(maxLogRatio);

    public static bool ReadsLogProbs => true;

    public static bool Clips => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => _limit.Exp(logRatio);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
    {
        V weight = V.Min(V.Create(_max), _hasMin ? V.Max(V.Create(_min), power) : power), slope = -(weight * advantages);
        return new(slope * logProbs, slope)
        {
            Low = _hasMin ? V.LessThanBits(power, V.Create(_min)) & V.LessThanBits(advantages, default) : 0,
            High = V.GreaterThanBits(power, V.Create(_max)) & V.GreaterThanBits(advantages, default),
        };
    }
}
