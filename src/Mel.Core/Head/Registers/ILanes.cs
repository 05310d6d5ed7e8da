namespace Mel.Head;

/// <summary>
/// A vector register as the loops over tokens use it, so that they are written once for every width. Comparisons give lanes with all bits set where they hold.
/// </summary>
/// <typeparam name="TSelf">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    static abstract int Count { get; }

    static abstract TSelf Create(T value);

    static abstract TSelf Load(ref T from, nuint index);

    static abstract void Store(TSelf lanes, ref T to, nuint index);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf value);

    static abstract TSelf operator ~(TSelf value);

    /// <summary>a * b + c.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger, or the second where there is no order, in one instruction.</summary>
    static abstract TSelf Max(TSelf first, TSelf second);

    /// <summary>The smaller, or the second where there is no order, in one instruction.</summary>
    static abstract TSelf Min(TSelf first, TSelf second);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Equal(TSelf left, TSelf right);

    static abstract TSelf NotEqual(TSelf left, TSelf right);

    static abstract TSelf GreaterThan(TSelf left, TSelf right);

    static abstract TSelf LessThan(TSelf left, TSelf right);

    static abstract TSelf LessThanOrEqual(TSelf left, TSelf right);

    static abstract TSelf Select(TSelf condition, TSelf whenTrue, TSelf whenFalse);

    static abstract T Sum(TSelf value);

    /// <summary>One bit per lane, the first lane's lowest: 1 where the condition holds.</summary>
    static abstract ulong Bits(TSelf condition);

    /// <summary>The bits of a comparison. The compiler does not see that those of <see cref="GreaterThan"/> need no lanes in between.</summary>
    static abstract ulong GreaterThanBits(TSelf left, TSelf right);

    /// <inheritdoc cref="GreaterThanBits"/>
    static abstract ulong LessThanBits(TSelf left, TSelf right);

    /// <summary>float only: x 2^n, where n stands in the lowest bits of another register.</summary>
    static abstract TSelf TimesPowerOfTwo(TSelf x, TSelf n);

    /// <summary>double only; there is no formula of our own for it.</summary>
    static abstract TSelf DoubleExp(TSelf value);

    /// <summary>All bits of a lane set where its byte is 1, none where it is 0.</summary>
    static abstract TSelf FromFlags(ref byte flags);
}
