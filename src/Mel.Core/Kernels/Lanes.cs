using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>
/// Pieces that the formulas of <see cref="IPointwise{T}"/> share. Vectors have 256 bits on every machine: 512 are emulated where AVX-512 is missing, and where it
/// is not, these loops wait for memory.
/// </summary>
internal static class Lanes
{
    /// <summary>A constant in every lane; no bound where there is none.</summary>
    public static Vector256<T> Of<T>(double? value)
        where T : unmanaged, IFloatingPointIeee754<T>
        => Vector256.Create(value is { } v ? T.CreateTruncating(v) : T.PositiveInfinity);

    /// <summary>e^x with x clamped to +-limit; no limit is an infinite one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> ClampedExp<T>(Vector256<T> x, Vector256<T> limit)
        where T : unmanaged, IFloatingPointIeee754<T>
        => VectorMath.Exp(Clamp(x, -limit, limit));

    /// <summary>All bits set where x lies within +-limit: elsewhere <see cref="ClampedExp"/> has no derivative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Within<T>(Vector256<T> x, Vector256<T> limit)
        where T : unmanaged, IFloatingPointIeee754<T>
        => Vector256.LessThanOrEqual(Vector256.Abs(x), limit);

    /// <summary>min(max(x, low), high) in two instructions. A NaN in x stays: it is the second operand of both, the one they return when there is no order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Clamp<T>(Vector256<T> x, Vector256<T> low, Vector256<T> high)
        where T : unmanaged
        => Vector256.MinNative(high, Vector256.MaxNative(low, x));

    /// <summary>All bits of a lane set where its byte is 1, none where it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> FromFlags<T>(ref byte flags)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            Vector128<ushort> eight = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref flags)).AsByte());
            return (-Vector256.WidenLower(eight.ToVector256Unsafe()).AsInt32()).As<int, T>();
        }
        Vector128<uint> four = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref flags)).AsByte()));
        return (-Vector256.WidenLower(four.ToVector256Unsafe()).AsInt64()).As<long, T>();
    }

    /// <summary>The way back: one byte per lane, 1 where all its bits are set, 0 where none is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToFlags<T>(Vector256<T> lanes, ref byte destination)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            Vector128<short> eight = Vector128.Narrow(lanes.AsInt32().GetLower(), lanes.AsInt32().GetUpper());
            Unsafe.WriteUnaligned(ref destination, (Vector128.Narrow(eight, eight).AsByte() & Vector128<byte>.One).AsUInt64().ToScalar());
        }
        else
        {
            Vector128<int> four = Vector128.Narrow(lanes.AsInt64().GetLower(), lanes.AsInt64().GetUpper());
            Vector128<short> twice = Vector128.Narrow(four, four);
            Unsafe.WriteUnaligned(ref destination, (Vector128.Narrow(twice, twice).AsByte() & Vector128<byte>.One).AsUInt32().ToScalar());
        }
    }
}
