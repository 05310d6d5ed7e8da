using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Mel.Runtime;

namespace Mel.Head;

/// <summary>Loops over one row of logits. As tensor operations each of them would read and write main memory several times.</summary>
internal static unsafe class LogitRow
{
    /// <summary>
    /// The sum of exp(scale x - shift) over the row and, with <paramref name="weighted"/>, the sum of exp(scale x - shift) (scale x - shift). With
    /// <paramref name="keep"/> each x is replaced by its term of the first sum.
    /// </summary>
    public static (float Sum, float WeightedSum) SumExp(Span<float> row, float scale, float shift, bool weighted, bool keep)
        => Vector512.IsHardwareAccelerated
            ? SumExp<Vector512<float>, Lanes512>(row, scale, shift, weighted, keep)
            : SumExp<Vector256<float>, Lanes256>(row, scale, shift, weighted, keep);

    /// <summary>
    /// Replaces each logit x by the gradient with respect to it: -scale exp(l) (a + b l) with l = scale x - logSumExp, where a comes from the log-prob and b
    /// from the entropy. The target's own contribution is added by the caller.
    /// </summary>
    public static void ToLogitGradient(Span<float> row, float scale, float logSumExp, float a, float b)
    {
        if (Vector512.IsHardwareAccelerated) ToLogitGradient<Vector512<float>, Lanes512>(row, scale, logSumExp, a, b);
        else ToLogitGradient<Vector256<float>, Lanes256>(row, scale, logSumExp, a, b);
    }

    /// <inheritdoc cref="SumExp(Span{float}, float, float, bool, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (float Sum, float WeightedSum) SumExp<TVector, TLanes>(Span<float> row, float scale, float shift, bool weighted, bool keep)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        TVector factor = TLanes.Create(scale), offset = TLanes.Create(-shift);
        TVector lower = default, upper = default, product = default;                    // partial sums: rows are long
        int i = 0, width = TLanes.Count;
        fixed (float* x = row)
        {
            for (; i <= row.Length - 2 * width; i += 2 * width)
            {
                TVector z = TLanes.MultiplyAdd(TLanes.Load(x + i), factor, offset), next = TLanes.MultiplyAdd(TLanes.Load(x + i + width), factor, offset);
                TVector e = Exponential.Of<TVector, TLanes>(z), nextE = Exponential.Of<TVector, TLanes>(next);
                lower = TLanes.Add(lower, e);
                upper = TLanes.Add(upper, nextE);
                if (weighted) product = TLanes.MultiplyAdd(nextE, next, TLanes.MultiplyAdd(e, z, product));
                if (!keep) continue;
                TLanes.Store(e, x + i);
                TLanes.Store(nextE, x + i + width);
            }
        }
        float tail = 0, tailProduct = 0;
        for (; i < row.Length; i++)
        {
            float z = row[i] * scale - shift, e = MathF.Exp(z);
            tail += e;
            tailProduct += e * z;
            if (keep) row[i] = e;
        }
        return (TLanes.Sum(TLanes.Add(lower, upper)) + tail, TLanes.Sum(product) + tailProduct);
    }

    /// <inheritdoc cref="ToLogitGradient(Span{float}, float, float, float, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ToLogitGradient<TVector, TLanes>(Span<float> row, float scale, float logSumExp, float a, float b)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        TVector factor = TLanes.Create(scale), offset = TLanes.Create(-logSumExp), constant = TLanes.Create(-scale * a), slope = TLanes.Create(-scale * b);
        int i = 0, width = TLanes.Count;
        fixed (float* x = row)
        {
            for (; i <= row.Length - width; i += width)
            {
                TVector l = TLanes.MultiplyAdd(TLanes.Load(x + i), factor, offset);
                TLanes.Store(TLanes.Multiply(Exponential.Of<TVector, TLanes>(l), TLanes.MultiplyAdd(slope, l, constant)), x + i);
            }
        }
        for (; i < row.Length; i++)
        {
            float l = row[i] * scale - logSumExp;
            row[i] = -scale * MathF.Exp(l) * (a + b * l);
        }
    }

    public static float Max(ReadOnlySpan<float> row) => TensorPrimitives.Max(row);

    /// <summary>Widens bfloat16 to float32: a bfloat16 number is the upper half of the bits of a float32 number.</summary>
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

    /// <summary>Rounds finite float32 numbers to the nearest bfloat16, ties to even.</summary>
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
