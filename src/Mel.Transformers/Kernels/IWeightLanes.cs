using System.Numerics;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>How <see cref="RowProductKernel"/> reads a row of the matrix as float32. A row has an even number of elements.</summary>
internal unsafe interface IWeightLanes
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>The first of two neighbors, in all lanes.</summary>
    static abstract TVector First<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>;

    /// <summary>The second of two neighbors, in all lanes.</summary>
    static abstract TVector Second<TVector, TLanes>(byte* pair)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>;

    /// <summary>Puts a row of activations into two halves, in the order in which <see cref="Load"/> gives the elements of the matrix.</summary>
    static abstract void Arrange(float* x, float* arranged, int half);

    /// <summary>A vector of the row for place i of either half.</summary>
    static abstract void Load(byte* row, nint i, nint half, out Vector<float> first, out Vector<float> second);

    /// <summary>The elements for place i of either half.</summary>
    static abstract (float First, float Second) Pair(byte* row, nint i, nint half);
}
