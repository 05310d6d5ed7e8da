using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The loops of <see cref="Pointwise"/> over contiguous memory: x log-probs, y what is subtracted, a advantages, m mask; v value, s slope, r ratio, l and h clip masks (the last three may be empty).</summary>
internal static class PointwiseLoop
{
    /// <summary>Every token has its own log-ratio.</summary>
    public static void Tokens<T, TFormula>(ref TFormula formula, ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> a, ReadOnlySpan<T> m, Span<T> v, Span<T> s, Span<T> r, Span<byte> l, Span<byte> h)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        TFormula local = formula;
        int t = 0;
        for (; t + Vector512<T>.Count <= x.Length; t += Vector512<T>.Count)
        {
            Vector512<T> selected = ~Vector512.Equals(Load(m, t), Vector512<T>.Zero);
            Vector512<T> logProb = Load(x, t) & selected;
            local.Evaluate(logProb, (logProb - Load(y, t)) & selected, Load(a, t) & selected, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high);
            Store(selected, t, value, slope, ratio, low, high, v, s, r, l, h);
        }
        if (t < x.Length) Tail(ref local, default, false, x[t..], y[t..], a[t..], m[t..], v[t..], s[t..], From(r, t), From(l, t), From(h, t));
    }

    /// <summary>All tokens of one trajectory share the mean of their log-ratios.</summary>
    public static void Trajectory<T, TFormula>(ref TFormula formula, ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> a, ReadOnlySpan<T> m, Span<T> v, Span<T> s, Span<T> r, Span<byte> l, Span<byte> h)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        TFormula local = formula;
        Vector512<T> shared = Vector512.Create(MeanDifference(x, y, m));
        int t = 0;
        for (; t + Vector512<T>.Count <= x.Length; t += Vector512<T>.Count)
        {
            Vector512<T> selected = ~Vector512.Equals(Load(m, t), Vector512<T>.Zero);
            local.Evaluate(Load(x, t) & selected, shared, Load(a, t) & selected, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high);
            Store(selected, t, value, slope, ratio, low, high, v, s, r, l, h);
        }
        if (t < x.Length) Tail(ref local, shared, true, x[t..], y[t..], a[t..], m[t..], v[t..], s[t..], From(r, t), From(l, t), From(h, t));
    }

    /// <summary>Sum of x over the selected positions; s becomes the factor there and 0 elsewhere.</summary>
    public static double Sum<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> m, Span<T> s, double factor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scalar = T.CreateTruncating(factor);
        Vector512<T> sum = default, filled = Vector512.Create(scalar);
        double total = 0;
        int t = 0;
        for (; t + Vector512<T>.Count <= x.Length; t += Vector512<T>.Count)
        {
            Vector512<T> selected = ~Vector512.Equals(Load(m, t), Vector512<T>.Zero);
            sum += Load(x, t) & selected;
            (filled & selected).StoreUnsafe(ref MemoryMarshal.GetReference(s), (nuint)t);
        }
        for (; t < x.Length; t++)
        {
            bool selected = m[t] != T.Zero;
            if (selected) total += double.CreateTruncating(x[t]);
            s[t] = selected ? scalar : T.Zero;
        }
        return total + double.CreateTruncating(Vector512.Sum(sum));
    }

    public static int Count<T>(ReadOnlySpan<T> mask)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = 0, t = 0;
        for (; t + Vector512<T>.Count <= mask.Length; t += Vector512<T>.Count) count += BitOperations.PopCount((~Vector512.Equals(Load(mask, t), Vector512<T>.Zero)).ExtractMostSignificantBits());
        for (; t < mask.Length; t++) count += mask[t] != T.Zero ? 1 : 0;
        return count;
    }

    private static T MeanDifference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> mask)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> sum = default;
        T rest = T.Zero;
        int t = 0;
        for (; t + Vector512<T>.Count <= x.Length; t += Vector512<T>.Count) sum += (Load(x, t) - Load(y, t)) & ~Vector512.Equals(Load(mask, t), Vector512<T>.Zero);
        for (; t < x.Length; t++)
            if (mask[t] != T.Zero) rest += x[t] - y[t];
        return (rest + Vector512.Sum(sum)) / T.CreateTruncating(Math.Max(Count(mask), 1));
    }

    /// <summary>What does not fill a vector goes through one on the stack.</summary>
    private static void Tail<T, TFormula>(ref TFormula formula, Vector512<T> shared, bool sharedRatio, ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> a, ReadOnlySpan<T> m, Span<T> v, Span<T> s, Span<T> r, Span<byte> l, Span<byte> h)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        Vector512<T> selected = ~Vector512.Equals(Padded(m), Vector512<T>.Zero), logProb = Padded(x) & selected;
        formula.Evaluate(logProb, sharedRatio ? shared : (logProb - Padded(y)) & selected, Padded(a) & selected,
            out Vector512<T> termValue, out Vector512<T> termSlope, out Vector512<T> termRatio, out Vector512<T> termLow, out Vector512<T> termHigh);
        Span<T> value = stackalloc T[Vector512<T>.Count], slope = stackalloc T[Vector512<T>.Count], ratio = stackalloc T[Vector512<T>.Count];
        Span<byte> low = stackalloc byte[Vector512<T>.Count], high = stackalloc byte[Vector512<T>.Count];
        Store(selected, 0, termValue, termSlope, termRatio, termLow, termHigh, value, slope, ratio, low, high);
        value[..v.Length].CopyTo(v);
        slope[..s.Length].CopyTo(s);
        ratio[..r.Length].CopyTo(r);
        low[..l.Length].CopyTo(l);
        high[..h.Length].CopyTo(h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Load<T>(ReadOnlySpan<T> row, int t)
        where T : unmanaged
        => Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector512<T> selected, int t, Vector512<T> value, Vector512<T> slope, Vector512<T> ratio, Vector512<T> low, Vector512<T> high,
        Span<T> v, Span<T> s, Span<T> r, Span<byte> l, Span<byte> h)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (value & selected).StoreUnsafe(ref MemoryMarshal.GetReference(v), (nuint)t);
        (slope & selected).StoreUnsafe(ref MemoryMarshal.GetReference(s), (nuint)t);
        if (r.IsEmpty) return;
        Vector512.ConditionalSelect(selected, ratio, Vector512<T>.One).StoreUnsafe(ref MemoryMarshal.GetReference(r), (nuint)t);
        StoreFlags(low & selected, ref Unsafe.Add(ref MemoryMarshal.GetReference(l), t));
        StoreFlags(high & selected, ref Unsafe.Add(ref MemoryMarshal.GetReference(h), t));
    }

    /// <summary>One byte per lane: 1 where all its bits are set, 0 where none is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFlags<T>(Vector512<T> lanes, ref byte destination)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
        {
            Vector512<int> wide = lanes.AsInt32();
            Vector256<short> half = Vector256.Narrow(wide.GetLower(), wide.GetUpper());
            (Vector128.Narrow(half.GetLower(), half.GetUpper()).AsByte() & Vector128<byte>.One).StoreUnsafe(ref destination);
        }
        else
        {
            Vector512<long> wide = lanes.AsInt64();
            Vector256<int> half = Vector256.Narrow(wide.GetLower(), wide.GetUpper());
            Vector128<short> quarter = Vector128.Narrow(half.GetLower(), half.GetUpper());
            Unsafe.WriteUnaligned(ref destination, (Vector128.Narrow(quarter, quarter).AsByte() & Vector128<byte>.One).AsUInt64()[0]);
        }
    }

    private static Vector512<T> Padded<T>(ReadOnlySpan<T> row)
        where T : unmanaged
    {
        Span<T> padded = stackalloc T[Vector512<T>.Count];
        padded.Clear();
        row.CopyTo(padded);
        return Load<T>(padded, 0);
    }

    private static Span<T> From<T>(Span<T> all, int start) => all.IsEmpty ? default : all[start..];
}
