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
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged
        => typeof(T) == typeof(float) ? Exp(x.AsSingle()).As<float, T>() : Vector512.Exp(x.AsDouble()).As<double, T>();

    /// <summary>
    /// e^x within 1 ulp (Cody-Waite reduction, degree 5 polynomial); an eighth of the time of <c>Vector512.Exp</c>, which goes through float64. Below -87.3 it
    /// stays at 1e-38, above 88.4 (a little before float32 ends) it is infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        Vector512<float> overflow = Vector512.GreaterThan(x, Vector512.Create(88.37f)) & Vector512.Create(float.PositiveInfinity);
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-87.33f)), Vector512.Create(88.37f));
        Vector512<float> n = Vector512.Round(x * Vector512.Create(1.44269504f));        // x = n ln 2 + r
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        return (p.AsInt32() + (Vector512.ConvertToInt32(n) << 23)).AsSingle() + overflow;   // p 2^n
    }

    /// <summary>sum exp(scale x - shift), and with <paramref name="weighted"/> sum exp(scale x - shift) (scale x - shift).</summary>
    public static (float Sum, float WeightedSum) SumExp(ReadOnlySpan<float> row, float scale, float shift, bool weighted)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector512<float> factor = Vector512.Create(scale), offset = Vector512.Create(-shift);
        Vector512<float> sum = default, product = default;
        nuint i = 0, vectorized = (nuint)(row.Length & ~15);
        for (; i < vectorized; i += 16)
        {
            Vector512<float> z = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, i), factor, offset);
            Vector512<float> e = Exp(z);
            sum += e;
            if (weighted) product = Vector512.FusedMultiplyAdd(e, z, product);
        }
        float tail = 0, tailProduct = 0;
        for (; i < (nuint)row.Length; i++)
        {
            float z = row[(int)i] * scale - shift, e = MathF.Exp(z);
            tail += e;
            tailProduct += e * z;
        }
        return (Vector512.Sum(sum) + tail, Vector512.Sum(product) + tailProduct);
    }

    /// <summary>x := -scale exp(l) (a + b l) with l = scale x - logSumExp: the gradient of log-prob (a) and entropy (b) with respect to the logits, but for the target.</summary>
    public static void ToLogitGradient(Span<float> row, float scale, float logSumExp, float a, float b)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector512<float> factor = Vector512.Create(scale), offset = Vector512.Create(-logSumExp), constant = Vector512.Create(-scale * a), slope = Vector512.Create(-scale * b);
        nuint i = 0, vectorized = (nuint)(row.Length & ~15);
        for (; i < vectorized; i += 16)
        {
            Vector512<float> l = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, i), factor, offset);
            (Exp(l) * Vector512.FusedMultiplyAdd(slope, l, constant)).StoreUnsafe(ref x, i);
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
        nuint i = 0, vectorized = (nuint)(source.Length & ~31);
        for (; i < vectorized; i += 32)
        {
            (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(Vector512.LoadUnsafe(ref from, i));
            (lower << 16).StoreUnsafe(ref to, i);
            (upper << 16).StoreUnsafe(ref to, i + 16);
        }
        for (; i < (nuint)source.Length; i++) destination[(int)i] = BitConverter.UInt32BitsToSingle((uint)source[(int)i] << 16);
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even. The values are finite.</summary>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ref uint from = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<float, uint>(source));
        ref ushort to = ref MemoryMarshal.GetReference(destination);
        Vector512<uint> half = Vector512.Create(0x7FFFu), one = Vector512<uint>.One;
        nuint i = 0, vectorized = (nuint)(source.Length & ~31);
        for (; i < vectorized; i += 32)
        {
            Vector512<uint> lower = Vector512.LoadUnsafe(ref from, i), upper = Vector512.LoadUnsafe(ref from, i + 16);
            lower = (lower + half + ((lower >> 16) & one)) >> 16;
            upper = (upper + half + ((upper >> 16) & one)) >> 16;
            Vector512.Narrow(lower, upper).StoreUnsafe(ref to, i);
        }
        for (; i < (nuint)source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[(int)i]);
            destination[(int)i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }
}
