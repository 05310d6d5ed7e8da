using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary>The estimators of <see cref="Divergence"/> that are moments of the log-ratio l = log pi_theta - log pi_ref: k1, |k1|, k2, and k1 with the derivative of k2.</summary>
internal readonly struct MomentFormula<T>(KlEstimator estimator, double? maxValue) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Limit<T> _valueLimit = new(maxValue);

    public static bool ReadsLogProbs => false;

    public static bool Clips => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
    {
        V one = V.Create(T.One), value = logRatio;
        switch (estimator)
        {
            case KlEstimator.K1StraightThrough:
                return new(_valueLimit.Clamp(value), logRatio);
            case KlEstimator.Absolute:
                value = V.Abs(logRatio);
                return new(_valueLimit.Clamp(value), _valueLimit.Slope(value, (one & V.GreaterThan(logRatio, default)) - (one & V.LessThan(logRatio, default))));
            case KlEstimator.K2:
                value = logRatio * logRatio * V.Create(T.CreateTruncating(0.5));
                return new(_valueLimit.Clamp(value), _valueLimit.Slope(value, logRatio));
            default:
                return new(_valueLimit.Clamp(value), _valueLimit.Slope(value, one));
        }
    }
}
