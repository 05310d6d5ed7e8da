using System.Numerics;
using System.Runtime.CompilerServices;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>
/// A float32 matrix. The halves of a row are its even and its odd vectors, so that the row is read from its first byte to its last. Two streams half a row
/// apart would be slower, because the processor fetches ahead along one stream.
/// </summary>
internal readonly unsafe struct Float32Lanes : IWeightLanes
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        => TLanes.Create(*(float*)pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
        => TLanes.Create(((float*)pair)[1]);

    public static void Arrange(float* x, float* arranged, int half)
    {
        for (nint i = 0; i < half; i++) (arranged[i], arranged[half + i]) = Pair((byte*)x, i, half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* row, nint i, nint half, out Vector<float> first, out Vector<float> second)
        => (first, second) = (Vector.Load((float*)row + 2 * i), Vector.Load((float*)row + 2 * i + Vector<float>.Count));

    // Within whole vectors the partner is a vector away, behind them it is the neighbor.
    public static (float First, float Second) Pair(byte* row, nint i, nint half)
    {
        nint width = Vector<float>.Count, lane = i % width, distance = i < half / width * width ? width : 1;
        float* first = (float*)row + (distance == 1 ? 2 * i : 2 * (i - lane) + lane);
        return (first[0], first[distance]);
    }
}
