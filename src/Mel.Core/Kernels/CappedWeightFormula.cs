using System.Numerics;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.Cispo"/>: -sg[clamp(rho)] A log pi.</summary>
internal readonly struct CappedWeightFormula<T>(double minWeight, double maxWeight, double? maxLogRatio) : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector512<T> _min = Lanes.Of<T>(minWeight);
    private readonly Vector512<T> _max = Lanes.Of<T>(maxWeight);
    private readonly Vector512<T> _limit = Lanes.Of<T>(maxLogRatio);

    public TokenTerm<T> Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages)
    {
        Vector512<T> rho = Lanes.ClampedExp(logRatio, _limit, out _);
        Vector512<T> slope = -(Vector512.Min(Vector512.Max(rho, _min), _max) * advantages);
        Vector512<T> low = Vector512.LessThan(rho, _min) & Vector512.LessThan(advantages, Vector512<T>.Zero);
        Vector512<T> high = Vector512.GreaterThan(rho, _max) & Vector512.GreaterThan(advantages, Vector512<T>.Zero);
        return new(slope * logProbs, slope, rho, low, high);
    }
}
