using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="Divergence"/>: k1, |k1|, k2 and k3 of the log-ratio l = log pi_theta - log pi_ref, and k1 and k3 with the derivative of k2.</summary>
internal readonly struct DivergenceFormula<T>(KlEstimator estimator, double? maxLogRatio, double? maxValue) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector512<T> _limit = Lanes.Of<T>(maxLogRatio);
    private readonly Vector512<T> _maxValue = Lanes.Of<T>(maxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high)
    {
        (ratio, low, high) = (default, default, default);
        switch (estimator)
        {
            case KlEstimator.K1 or KlEstimator.K1StraightThrough:
                (value, slope) = (logRatio, Vector512<T>.One);
                break;
            case KlEstimator.Absolute:
                value = Vector512.Abs(logRatio);
                slope = (Vector512<T>.One & Vector512.GreaterThan(logRatio, Vector512<T>.Zero)) - (Vector512<T>.One & Vector512.LessThan(logRatio, Vector512<T>.Zero));
                break;
            case KlEstimator.K2:
                (value, slope) = (logRatio * logRatio * Lanes.Of<T>(0.5), logRatio);
                break;
            default:
                Vector512<T> inverse = Lanes.ClampedExp(-logRatio, _limit, out Vector512<T> inside);   // pi_ref / pi_theta
                value = inverse + Vector512.Min(Vector512.Max(logRatio, -_limit), _limit) - Vector512<T>.One;
                slope = (Vector512<T>.One - inverse) & inside;
                break;
        }
        Vector512<T> free = Vector512.LessThanOrEqual(Vector512.Abs(value), _maxValue);
        value = Vector512.Min(Vector512.Max(value, -_maxValue), _maxValue);
        slope = estimator is KlEstimator.K1StraightThrough or KlEstimator.K3StraightThrough ? logRatio : slope & free;
    }
}
