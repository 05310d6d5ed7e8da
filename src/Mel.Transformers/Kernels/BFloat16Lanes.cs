using System.Numerics;
using System.Runtime.CompilerServices;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>
/// A bfloat16 matrix. A 32-bit lane holds two neighbors. Shifted left by 16 the lane is the even one as float32; with its low half masked it is the odd one.
/// The halves of a row are its even and its odd columns, so that no element of the matrix has to be moved between lanes.
/// </summary>
internal readonly unsafe struct BFloat16Lanes : IWeightLanes
{
    private const uint Upper = 0xFFFF0000;

    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        => TLanes.BroadcastFirst((uint*)pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        => TLanes.BroadcastSecond((uint*)pair);

    public static void Arrange(float* x, float* arranged, int half)
    {
        for (int i = 0; i < half; i++) (arranged[i], arranged[half + i]) = (x[2 * i], x[2 * i + 1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* row, nint i, nint half, out Vector<float> first, out Vector<float> second)
    {
        Vector<uint> pairs = Vector.Load((uint*)row + i);
        (first, second) = (Vector.AsVectorSingle(pairs << 16), Vector.AsVectorSingle(pairs & new Vector<uint>(Upper)));
    }

    public static (float First, float Second) Pair(byte* row, nint i, nint half)
    {
        uint pair = ((uint*)row)[i];
        return (BitConverter.UInt32BitsToSingle(pair << 16), BitConverter.UInt32BitsToSingle(pair & Upper));
    }
}
