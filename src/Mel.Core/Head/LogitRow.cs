using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mel.Head;

/// <summary>The loops over a row of logits that would take several passes over main memory as tensor operations.</summary>
internal static class LogitRow
{
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
            V e = VectorMath.Exp<V, float>(z), nextE = VectorMath.Exp<V, float>(next);
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
            V.Store(VectorMath.Exp<V, float>(l) * V.MultiplyAdd(slope, l, constant), ref x, i);
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
