using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Kernels;

/// <summary>Clamp of a value per token to +- a limit; outside, it has no derivative.</summary>
/// <param name="limit">In the value's own unit; null for none, which costs nothing.</param>
internal readonly struct ValueLimit<T>(double? limit)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _low = -Lanes.Bound<T>(limit);
    private readonly T _high = Lanes.Bound<T>(limit);
    private readonly bool _isNone = limit is null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Clamp<V>(V value)
        where V : struct, ILanes<V, T>
        => _isNone ? value : Lanes.Clamp<V, T>(value, V.Create(_low), V.Create(_high));

    /// <summary>The derivative, 0 where the value lies outside the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Slope<V>(V value, V slope)
        where V : struct, ILanes<V, T>
        => _isNone ? slope : slope & V.LessThanOrEqual(V.Abs(value), V.Create(_high));
}
