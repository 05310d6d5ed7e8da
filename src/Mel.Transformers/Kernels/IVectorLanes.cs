namespace Mel.Transformers.Kernels;

/// <summary>The operations of <see cref="RowProductKernel"/> on one vector register, so that its tiles are written once for every width.</summary>
/// <typeparam name="TVector">The register.</typeparam>
internal unsafe interface IVectorLanes<TVector>
    where TVector : unmanaged
{
    /// <summary>float32 numbers in a register.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(float* from);

    static abstract void Store(TVector vector, float* to);

    /// <summary>One number in all lanes.</summary>
    static abstract TVector Broadcast(float* from);

    /// <summary>The first of two neighbouring bfloat16 numbers, as float32 in all lanes.</summary>
    static abstract TVector BroadcastFirst(uint* pair);

    /// <summary>The second of two neighbouring bfloat16 numbers, as float32 in all lanes.</summary>
    static abstract TVector BroadcastSecond(uint* pair);

    /// <summary>a * b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
}
