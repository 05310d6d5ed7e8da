using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary>
/// <see cref="KlEstimator.K3"/>: e^-l + l - 1 of the log-ratio l = log pi_theta - log pi_ref; straight through with the derivative of k2. Apart from
/// <see cref="MomentFormula{T}"/>, for its loop would be a tenth longer with the other estimators in it.
/// </summary>
internal readonly struct K3Formula<T>(bool straightThrough, double? maxLogRatio, double? maxValue) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Limit<T> _limit = new(maxLogRatio);
    private readonly Limit<T> _valueLimit = new(maxValue);

    public static bool ReadsLogProbs => false;

    public static bool Clips => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => _limit.Exp(-logRatio);                                                       // pi_ref / pi_theta

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
    {
        V value = power + _limit.Clamp(logRatio) - V.Create(T.One);
        return straightThrough
            ? new(_valueLimit.Clamp(value), logRatio)
            : new(_valueLimit.Clamp(value), _valueLimit.Slope(value, _limit.Slope(logRatio, V.Create(T.One) - power)));
    }
}
