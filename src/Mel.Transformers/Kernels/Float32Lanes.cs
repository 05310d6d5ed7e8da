using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Transformers.Kernels;

/// <summary>A float32 matrix. The halves are those of the row.</summary>
internal readonly unsafe struct Float32Lanes : IWeightLanes
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector First<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, IVectorLanes<TVector>
        => TLanes.Broadcast((float*)pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Second<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, IVectorLanes<TVector>
        => TLanes.Broadcast((float*)pair + 1);

    public static void Arrange(float* x, float* arranged, int half) => new ReadOnlySpan<float>(x, 2 * half).CopyTo(new Span<float>(arranged, 2 * half));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* row, nint i, nint half, out Vector<float> first, out Vector<float> second) => (first, second) = (Vector.Load((float*)row + i), Vector.Load((float*)row + half + i));

    public static (float First, float Second) Pair(byte* row, nint i, nint half) => (((float*)row)[i], ((float*)row)[half + i]);
}
