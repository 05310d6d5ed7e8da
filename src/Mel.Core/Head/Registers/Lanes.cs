using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Head;

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

    /// <summary>One byte per lane, 1 where its bit is set.</summary>
    /// <param name="bits">As <see cref="ILanes{TSelf, T}.Bits"/> gives them.</param>
    /// <param name="count">Lanes: 4, 8 or 16.</param>
    /// <param name="destination">Receives the bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFlags(ulong bits, int count, ref byte destination)
    {
        Vector128<byte> place = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        Vector128<byte> spread = Vector128.Create(Vector64.Create((byte)bits), Vector64.Create((byte)(bits >> 8)));
        Vector128<byte> flags = Vector128.Equals(spread & place, place) & Vector128<byte>.One;
        if (count == 16) flags.StoreUnsafe(ref destination);
        else if (count == 8) Unsafe.WriteUnaligned(ref destination, flags.AsUInt64().ToScalar());
        else Unsafe.WriteUnaligned(ref destination, flags.AsUInt32().ToScalar());
    }
}
