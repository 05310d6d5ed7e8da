using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary>The log-ratio itself, for the mean over a trajectory: every token counts as clipped, so that the sums hold the number of tokens too.</summary>
internal readonly struct LogRatioFormula<T> : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static bool ReadsLogProbs => false;

    public static bool Clips => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
        => new(logRatio, default) { Low = ulong.MaxValue };
}
