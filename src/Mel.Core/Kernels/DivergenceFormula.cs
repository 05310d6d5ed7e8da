using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Kernels;

/// <summary><see cref="Divergence"/>: k1, |k1|, k2 and k3 of the log-ratio l = log pi_theta - log pi_ref, and k1 and k3 with the derivative of k2.</summary>
internal readonly struct DivergenceFormula<T>(KlEstimator estimator, double? maxLogRatio, double? maxValue) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LogRatioLimit<T> _limit = new(maxLogRatio);
    private readonly T _maxValue = Lanes.Bound<T>(maxValue);

    public static bool ReadsLogProbs => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => estimator is KlEstimator.K3 or KlEstimator.K3StraightThrough ? _limit.Exp(-logRatio) : default;   // pi_ref / pi_theta

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
    {
        V value, slope;
        switch (estimator)
        {
            case KlEstimator.K1 or KlEstimator.K1StraightThrough:
                (value, slope) = (logRatio, V.Create(T.One));
                break;
            case KlEstimator.Absolute:
                value = V.Abs(logRatio);
                slope = (V.Create(T.One) & V.GreaterThan(logRatio, default)) - (V.Create(T.One) & V.LessThan(logRatio, default));
                break;
            case KlEstimator.K2:
                (value, slope) = (logRatio * logRatio * V.Create(T.CreateTruncating(0.5)), logRatio);
                break;
            default:
                value = power + _limit.Clamp(logRatio) - V.Create(T.One);
                slope = (V.Create(T.One) - power) & _limit.Holds(logRatio);
                break;
        }
        V free = V.LessThanOrEqual(V.Abs(value), V.Create(_maxValue));
        return new(Lanes.Clamp<V, T>(value, V.Create(-_maxValue), V.Create(_maxValue)), estimator is KlEstimator.K1StraightThrough or KlEstimator.K3StraightThrough ? logRatio : slope & free);
    }
}
