using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>What formulas do with the registers of <see cref="ILanes{TSelf, T}"/>.</summary>
internal static class Lanes
{
    /// <summary>Leaves the wider registers unused on the current thread, so that tests reach the narrower where a processor has both.</summary>
    [ThreadStatic]
    internal static bool NarrowOnly;

    /// <summary>Whether loops take registers of 512 bits.</summary>
    public static bool AreWide => Vector512.IsHardwareAccelerated && !NarrowOnly;

    /// <summary>A bound in the type of the computation; no bound is an infinite one.</summary>
    public static T Bound<T>(double? value)
        where T : IFloatingPointIeee754<T>
        => value is { } v ? T.CreateTruncating(v) : T.PositiveInfinity;

    /// <summary>min(max(x, low), high) in two instructions. A NaN in x stays: it is the second operand of both, the one they return when there is no order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Clamp<V, T>(V x, V low, V high)
        where V : struct, ILanes<V, T>
        where T : unmanaged
        => V.Min(high, V.Max(low, x));
}
