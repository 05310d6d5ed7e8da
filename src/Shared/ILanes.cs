namespace Mel.Runtime;

/// <summary>The operations of the kernels on one vector register of float32 numbers, so that a loop is written once for every width.</summary>
/// <typeparam name="TVector">The register.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Numbers in a register.</summary>
    static abstract int Count { get; }

    /// <summary>One number in all lanes.</summary>
    static abstract TVector Create(float value);

    /// <summary>The first of two neighboring bfloat16 numbers, as float32 in all lanes.</summary>
    static abstract TVector BroadcastFirst(uint* pair);

    /// <summary>The second of two neighboring bfloat16 numbers, as float32 in all lanes.</summary>
    static abstract TVector BroadcastSecond(uint* pair);

    static abstract TVector Load(float* from);

    static abstract void Store(TVector vector, float* to);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>a * b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of two numbers, in one instruction; NaN where the second is NaN.</summary>
    static abstract TVector Max(TVector first, TVector second);

    /// <summary>The smaller of two numbers, in one instruction; NaN where the second is NaN.</summary>
    static abstract TVector Min(TVector first, TVector second);

    /// <summary>Sets all bits of a lane where the left number is greater, for <see cref="Select"/>.</summary>
    static abstract TVector GreaterThan(TVector left, TVector right);

    static abstract TVector Select(TVector condition, TVector whenTrue, TVector whenFalse);

    /// <summary>x 2^n, where n stands in the lowest bits of another register.</summary>
    static abstract TVector TimesPowerOfTwo(TVector x, TVector n);

    /// <summary>Sum of the lanes.</summary>
    static abstract float Sum(TVector vector);
}
