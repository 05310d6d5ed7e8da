using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary>Clamp of a number per token to +- a limit: of a log-ratio before its power of e is taken, or of a divergence. Outside, what comes of it has no derivative.</summary>
/// <param name="size">In the number's own unit; null for none.</param>
internal readonly struct Limit<T>(double? size)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _low = -Lanes.Bound<T>(size);
    private readonly T _high = Lanes.Bound<T>(size);
    private readonly bool _isNone = size is null;

    // Then the exponential needs no clamp of its own, which is a tenth of a formula's instructions.
    private readonly bool _isShort = size is { } s && VectorMath.IsWithin(s);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Clamp<V>(V x)
        where V : struct, ILanes<V, T>
        => _isNone ? x : Lanes.Clamp<V, T>(x, V.Create(_low), V.Create(_high));

    /// <summary>e to the power of the clamped number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Exp<V>(V x)
        where V : struct, ILanes<V, T>
        => _isShort ? VectorMath.ExpWithin<V, T>(Clamp(x)) : VectorMath.Exp<V, T>(Clamp(x));

    /// <summary>All bits set where x lies within the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Holds<V>(V x)
        where V : struct, ILanes<V, T>
        => V.Equal(Clamp(x), x);

    /// <summary>A derivative with respect to x, 0 where x lies outside the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Slope<V>(V x, V slope)
        where V : struct, ILanes<V, T>
        => _isNone ? slope : slope & Holds(x);
}
