using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="Divergence"/>: k1, |k1|, k2 and k3 of the log-ratio l = log pi_theta - log pi_ref, and k1 and k3 with the derivative of k2.</summary>
internal readonly struct DivergenceFormula<T>(KlEstimator estimator, double? maxLogRatio, double? maxValue) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector256<T> _limit = Lanes.Of<T>(maxLogRatio);
    private readonly Vector256<T> _maxValue = Lanes.Of<T>(maxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Power(Vector256<T> logRatio) => estimator is KlEstimator.K3 or KlEstimator.K3StraightThrough ? Lanes.ClampedExp(-logRatio, _limit) : default;   // pi_ref / pi_theta

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages)
    {
        Vector256<T> value, slope;
        switch (estimator)
        {
            case KlEstimator.K1 or KlEstimator.K1StraightThrough:
                (value, slope) = (logRatio, Vector256<T>.One);
                break;
            case KlEstimator.Absolute:
                value = Vector256.Abs(logRatio);
                slope = (Vector256<T>.One & Vector256.GreaterThan(logRatio, Vector256<T>.Zero)) - (Vector256<T>.One & Vector256.LessThan(logRatio, Vector256<T>.Zero));
                break;
            case KlEstimator.K2:
                (value, slope) = (logRatio * logRatio * Vector256.Create(T.CreateTruncating(0.5)), logRatio);
                break;
            default:
                value = power + Lanes.Clamp(logRatio, -_limit, _limit) - Vector256<T>.One;
                slope = (Vector256<T>.One - power) & Lanes.Within(logRatio, _limit);
                break;
        }
        Vector256<T> free = Vector256.LessThanOrEqual(Vector256.Abs(value), _maxValue);
        return new(Lanes.Clamp(value, -_maxValue, _maxValue), estimator is KlEstimator.K1StraightThrough or KlEstimator.K3StraightThrough ? logRatio : slope & free);
    }
}
