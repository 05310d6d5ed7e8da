using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The loops over a row of logits that would take several passes over main memory as tensor operations.</summary>
internal static class VectorMath
{
    // Where e^x ends in float32, but for a little.
    private const float LowestExponent = -87.33f, HighestExponent = 88.37f;

    /// <summary>Whether <see cref="ExpWithin"/> serves all x of at most this size.</summary>
    public static bool IsWithin(double size) => size <= -LowestExponent;

    /// <summary>
    /// e^x, for float within 1 ulp and in a fraction of the time of <c>Vector256.Exp</c>, which goes through float64: there it stays at 1e-38 below -87.3 and is infinite
    /// above 88.4.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(double)) return V.DoubleExp(x);
        V lowest = Constant<V, T>(LowestExponent), highest = Constant<V, T>(HighestExponent);
        return V.Max(V.GreaterThan(x, highest) & Constant<V, T>(float.PositiveInfinity), ExpWithin<V, T>(Lanes.Clamp<V, T>(x, lowest, highest)));   // a NaN in x stays
    }

    /// <summary>
    /// The same for float from -87.3 to 88.4: Cody-Waite reduction, then a polynomial of degree 5 by Estrin's scheme, whose chain of dependent instructions is the
    /// shorter. A NaN stays one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpWithin<V, T>(V x)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(double)) return V.DoubleExp(x);
        V rounding = Constant<V, T>(12582912f);
        V shifted = V.MultiplyAdd(x, Constant<V, T>(1.44269504f), rounding);            // 1.5 x 2^23 + n: nothing is left of the fraction
        V n = shifted - rounding;                                                       // x = n ln 2 + r
        V r = V.MultiplyAdd(n, Constant<V, T>(-0.693359375f), x);
        r = V.MultiplyAdd(n, Constant<V, T>(2.12194440e-4f), r);
        V square = r * r;
        V high = V.MultiplyAdd(r, Constant<V, T>(1.9875691500e-4f), Constant<V, T>(1.3981999507e-3f));
        V middle = V.MultiplyAdd(r, Constant<V, T>(8.3334519073e-3f), Constant<V, T>(4.1665795894e-2f));
        V low = V.MultiplyAdd(r, Constant<V, T>(1.6666665459e-1f), Constant<V, T>(5.0000001201e-1f));
        V p = V.MultiplyAdd(V.MultiplyAdd(high, square, middle), square, low);
        p = V.MultiplyAdd(p, square, r) + Constant<V, T>(1);
        return V.TimesPowerOfTwo(p, shifted);                                           // p 2^n
    }

    /// <summary>
    /// sum exp(scale x - shift), and with <paramref name="weighted"/> sum exp(scale x - shift) (scale x - shift). With <paramref name="keep"/> the terms of the first sum
    /// take the place of x.
    /// </summary>
    public static (float Sum, float WeightedSum) SumExp(Span<float> row, float scale, float shift, bool weighted, bool keep)
        => Lanes.AreWide ? SumExp<Lanes512<float>>(row, scale, shift, weighted, keep) : SumExp<Lanes256<float>>(row, scale, shift, weighted, keep);

    /// <summary>x := -scale exp(l) (a + b l) with l = scale x - logSumExp: the gradient of log-prob (a) and entropy (b) with respect to the logits, but for the target.</summary>
    public static void ToLogitGradient(Span<float> row, float scale, float logSumExp, float a, float b)
    {
        if (Lanes.AreWide) ToLogitGradient<Lanes512<float>>(row, scale, logSumExp, a, b);
        else ToLogitGradient<Lanes256<float>>(row, scale, logSumExp, a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Constant<V, T>(float value)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
        => V.Create(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Sum, float WeightedSum) SumExp<V>(Span<float> row, float scale, float shift, bool weighted, bool keep)
        where V : struct, ILanes<V, float>
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        V factor = V.Create(scale), offset = V.Create(-shift), lower = default, upper = default, product = default;   // partial sums: rows are long
        nuint i = 0, width = (nuint)V.Count, vectorized = (nuint)row.Length / (2 * width) * (2 * width);
        for (; i < vectorized; i += 2 * width)
        {
            V z = V.MultiplyAdd(V.Load(ref x, i), factor, offset), next = V.MultiplyAdd(V.Load(ref x, i + width), factor, offset);
            V e = Exp<V, float>(z), nextE = Exp<V, float>(next);
            lower += e;
            upper += nextE;
            if (weighted) product = V.MultiplyAdd(nextE, next, V.MultiplyAdd(e, z, product));
            if (!keep) continue;
            V.Store(e, ref x, i);
            V.Store(nextE, ref x, i + width);
        }
        float tail = 0, tailProduct = 0;
        for (; i < (nuint)row.Length; i++)
        {
            float z = row[(int)i] * scale - shift, e = MathF.Exp(z);
            tail += e;
            tailProduct += e * z;
            if (keep) row[(int)i] = e;
        }
        return (V.Sum(lower + upper) + tail, V.Sum(product) + tailProduct);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToLogitGradient<V>(Span<float> row, float scale, float logSumExp, float a, float b)
        where V : struct, ILanes<V, float>
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        V factor = V.Create(scale), offset = V.Create(-logSumExp), constant = V.Create(-scale * a), slope = V.Create(-scale * b);
        nuint i = 0, width = (nuint)V.Count, vectorized = (nuint)row.Length / width * width;
        for (; i < vectorized; i += width)
        {
            V l = V.MultiplyAdd(V.Load(ref x, i), factor, offset);
            V.Store(Exp<V, float>(l) * V.MultiplyAdd(slope, l, constant), ref x, i);
        }
        for (; i < (nuint)row.Length; i++)
        {
            float l = row[(int)i] * scale - logSumExp;
            row[(int)i] = -scale * MathF.Exp(l) * (a + b * l);
        }
    }

    public static float Max(ReadOnlySpan<float> row) => TensorPrimitives.Max(row);

    /// <summary>bfloat16 is the upper half of a float32.</summary>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        ref ushort from = ref MemoryMarshal.GetReference(source);
        ref uint to = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, uint>(destination));
        nuint i = 0, vectorized = (nuint)(source.Length & ~15);
        for (; i < vectorized; i += 16)
        {
            (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            (lower << 16).StoreUnsafe(ref to, i);
            (upper << 16).StoreUnsafe(ref to, i + 8);
        }
        for (; i < (nuint)source.Length; i++) destination[(int)i] = BitConverter.UInt32BitsToSingle((uint)source[(int)i] << 16);
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even. The values are finite.</summary>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ref uint from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, uint>(source));
        ref ushort to = ref MemoryMarshal.GetReference(destination);
        Vector256<uint> half = Vector256.Create(0x7FFFu), one = Vector256<uint>.One;
        nuint i = 0, vectorized = (nuint)(source.Length & ~15);
        for (; i < vectorized; i += 16)
        {
            Vector256<uint> lower = Vector256.LoadUnsafe(ref from, i), upper = Vector256.LoadUnsafe(ref from, i + 8);
            lower = (lower + half + ((lower >> 16) & one)) >> 16;
            upper = (upper + half + ((upper >> 16) & one)) >> 16;
            Vector256.Narrow(lower, upper).StoreUnsafe(ref to, i);
        }
        for (; i < (nuint)source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[(int)i]);
            destination[(int)i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }
}
