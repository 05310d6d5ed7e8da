using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Kernels;

/// <summary>Clamp of a log-ratio to +- a limit before its power of e is taken; outside, the power has no derivative.</summary>
/// <param name="limit">Nats; null for none.</param>
internal readonly struct LogRatioLimit<T>(double? limit)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _low = -Lanes.Bound<T>(limit);
    private readonly T _high = Lanes.Bound<T>(limit);

    // Then the exponential needs no clamp of its own, which is a tenth of a formula's instructions.
    private readonly bool _isShort = limit is { } size && VectorMath.IsWithin(size);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Clamp<V>(V x)
        where V : struct, ILanes<V, T>
        => Lanes.Clamp<V, T>(x, V.Create(_low), V.Create(_high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Exp<V>(V x)
        where V : struct, ILanes<V, T>
        => _isShort ? VectorMath.ExpWithin<V, T>(Clamp(x)) : VectorMath.Exp<V, T>(Clamp(x));

    /// <summary>All bits set where x lies within the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Holds<V>(V x)
        where V : struct, ILanes<V, T>
        => V.Equal(Clamp(x), x);
}
