using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.Reinforce"/>: -A log pi.</summary>
internal readonly struct WeightedLogProbFormula<T> : IPointwise<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high)
    {
        (slope, ratio, low, high) = (-advantages, default, default, default);
        value = slope * logProbs;
    }
}
