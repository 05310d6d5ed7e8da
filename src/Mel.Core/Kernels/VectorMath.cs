using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The loops over a row of logits that would take several passes over main memory as tensor operations.</summary>
internal static class VectorMath
{
    /// <summary>e^x for float or double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Exp<T>(Vector256<T> x)
        where T : unmanaged
        => typeof(T) == typeof(float) ? Exp(x.AsSingle()).As<float, T>() : Vector256.Exp(x.AsDouble()).As<double, T>();

    /// <summary>
    /// e^x within 1 ulp (Cody-Waite reduction, polynomial of degree 5 by Estrin's scheme, whose chain of dependent instructions is the shorter); a fraction of the
    /// time of <c>Vector256.Exp</c>, which goes through float64. Below -87.3 it stays at 1e-38, above 88.4 (a little before float32 ends) it is infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> overflow = Vector256.GreaterThan(x, Vector256.Create(88.37f)) & Vector256.Create(float.PositiveInfinity), rounding = Vector256.Create(12582912f);
        x = Lanes.Clamp(x, Vector256.Create(-87.33f), Vector256.Create(88.37f));
        Vector256<float> shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(1.44269504f), rounding);   // 1.5 x 2^23 + n: nothing is left of the fraction
        Vector256<float> n = shifted - rounding;                                        // x = n ln 2 + r
        Vector256<float> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        Vector256<float> square = r * r;
        Vector256<float> high = Vector256.FusedMultiplyAdd(r, Vector256.Create(1.9875691500e-4f), Vector256.Create(1.3981999507e-3f));
        Vector256<float> middle = Vector256.FusedMultiplyAdd(r, Vector256.Create(8.3334519073e-3f), Vector256.Create(4.1665795894e-2f));
        Vector256<float> low = Vector256.FusedMultiplyAdd(r, Vector256.Create(1.6666665459e-1f), Vector256.Create(5.0000001201e-1f));
        Vector256<float> p = Vector256.FusedMultiplyAdd(Vector256.FusedMultiplyAdd(high, square, middle), square, low);
        p = Vector256.FusedMultiplyAdd(p, square, r) + Vector256<float>.One;
        return Vector256.MaxNative(overflow, (p.AsInt32() + (shifted.AsInt32() << 23)).AsSingle());   // p 2^n; a NaN in x stays
    }

    /// <summary>sum exp(scale x - shift), and with <paramref name="weighted"/> sum exp(scale x - shift) (scale x - shift).</summary>
    public static (float Sum, float WeightedSum) SumExp(ReadOnlySpan<float> row, float scale, float shift, bool weighted)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector256<float> factor = Vector256.Create(scale), offset = Vector256.Create(-shift);
        Vector256<float> lower = default, upper = default, product = default;           // sixteen partial sums: rows are long
        nuint i = 0, vectorized = (nuint)(row.Length & ~15);
        for (; i < vectorized; i += 16)
        {
            Vector256<float> z = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, i), factor, offset), next = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, i + 8), factor, offset);
            Vector256<float> e = Exp(z), nextE = Exp(next);
            lower += e;
            upper += nextE;
            if (weighted) product = Vector256.FusedMultiplyAdd(nextE, next, Vector256.FusedMultiplyAdd(e, z, product));
        }
        float tail = 0, tailProduct = 0;
        for (; i < (nuint)row.Length; i++)
        {
            float z = row[(int)i] * scale - shift, e = MathF.Exp(z);
            tail += e;
            tailProduct += e * z;
        }
        return (Vector256.Sum(lower + upper) + tail, Vector256.Sum(product) + tailProduct);
    }

    /// <summary>x := -scale exp(l) (a + b l) with l = scale x - logSumExp: the gradient of log-prob (a) and entropy (b) with respect to the logits, but for the target.</summary>
    public static void ToLogitGradient(Span<float> row, float scale, float logSumExp, float a, float b)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector256<float> factor = Vector256.Create(scale), offset = Vector256.Create(-logSumExp), constant = Vector256.Create(-scale * a), slope = Vector256.Create(-scale * b);
        nuint i = 0, vectorized = (nuint)(row.Length & ~7);
        for (; i < vectorized; i += 8)
        {
            Vector256<float> l = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, i), factor, offset);
            (Exp(l) * Vector256.FusedMultiplyAdd(slope, l, constant)).StoreUnsafe(ref x, i);
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
