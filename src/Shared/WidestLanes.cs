using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Runtime;

/// <summary>The registers of <see cref="Vector{T}"/>: the widest that the runtime takes for code that does not name a width.</summary>
internal readonly unsafe struct WidestLanes : ILanes<Vector<float>>
{
    public static int Count => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Create(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> BroadcastFirst(uint* pair) => Vector.AsVectorSingle(new Vector<uint>(*pair) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> BroadcastSecond(uint* pair) => Vector.AsVectorSingle(new Vector<uint>(*pair) & new Vector<uint>(0xFFFF0000));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* from) => Vector.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> vector, float* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Add(Vector<float> left, Vector<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Subtract(Vector<float> left, Vector<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Multiply(Vector<float> left, Vector<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MultiplyAdd(Vector<float> a, Vector<float> b, Vector<float> c) => Vector.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Max(Vector<float> first, Vector<float> second) => Vector.MaxNative(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Min(Vector<float> first, Vector<float> second) => Vector.MinNative(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> GreaterThan(Vector<float> left, Vector<float> right) => Vector.AsVectorSingle(Vector.GreaterThan(left, right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Select(Vector<float> condition, Vector<float> whenTrue, Vector<float> whenFalse)
        => Vector.ConditionalSelect(Vector.AsVectorInt32(condition), whenTrue, whenFalse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> TimesPowerOfTwo(Vector<float> x, Vector<float> n)
        => Vector.AsVectorSingle(Vector.AsVectorInt32(x) + (Vector.AsVectorInt32(n) << 23));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector<float> vector) => Vector.Sum(vector);
}
