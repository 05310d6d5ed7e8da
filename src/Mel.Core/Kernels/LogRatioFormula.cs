using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The log-ratio itself, for the mean over a trajectory: every token counts as clipped, so that the sums hold the number of tokens too.</summary>
internal readonly struct LogRatioFormula<T> : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Power(Vector256<T> logRatio) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages)
        => new(logRatio, default) { Low = Vector256<T>.AllBitsSet };
}
