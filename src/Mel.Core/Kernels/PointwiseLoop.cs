using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The loop of <see cref="Pointwise"/> over the tokens of one trajectory.</summary>
internal static class PointwiseLoop
{
    /// <summary>Evaluates a formula at the tokens the mask selects; elsewhere value and slope are 0 and the ratio is 1.</summary>
    /// <param name="formula">What to compute.</param>
    /// <param name="row">Inputs and outputs.</param>
    /// <param name="meanLogRatio">The log-ratio that all tokens share; null where each has its own.</param>
    /// <param name="weight">Factor of the slopes, but not of the values.</param>
    /// <returns>Over the tokens that train.</returns>
    public static PointwiseSums Run<T, TFormula>(TFormula formula, in PointwiseRow<T> row, double? meanLogRatio, double weight)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        bool sharedRatio = meanLogRatio is not null;
        Vector256<T> mean = Vector256.Create(T.CreateTruncating(meanLogRatio ?? 0)), power = formula.Power(mean), factor = Vector256.Create(T.CreateTruncating(weight));
        int tail = row.LogProbs.Length % Vector256<T>.Count, start = row.LogProbs.Length - tail;
        PointwiseSums sums = Vectors(formula, row, start, sharedRatio, mean, power, factor);
        return tail == 0 ? sums : sums + Tail(formula, row.Slice(start, tail, row.Advantages.Length > 1 ? row.Advantages[start..] : row.Advantages), sharedRatio, mean, power, factor);
    }

    /// <summary>The first <paramref name="count"/> tokens, a multiple of a vector.</summary>
    private static PointwiseSums Vectors<T, TFormula>(TFormula formula, in PointwiseRow<T> row, int count, bool sharedRatio, Vector256<T> mean, Vector256<T> sharedPower, Vector256<T> factor)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        ref T x = ref MemoryMarshal.GetReference(row.LogProbs), y = ref MemoryMarshal.GetReference(row.Other), a = ref MemoryMarshal.GetReference(row.Advantages), m = ref MemoryMarshal.GetReference(row.Mask);
        ref T v = ref MemoryMarshal.GetReference(row.Value), s = ref MemoryMarshal.GetReference(row.Slope), r = ref MemoryMarshal.GetReference(row.Ratio);
        ref byte f = ref MemoryMarshal.GetReference(row.Flags), l = ref MemoryMarshal.GetReference(row.Low), h = ref MemoryMarshal.GetReference(row.High);
        bool withValue = !row.Value.IsEmpty, withSlope = !row.Slope.IsEmpty, withRatio = !row.Ratio.IsEmpty, perToken = row.Advantages.Length > 1, asFlags = row.Mask.IsEmpty;
        Vector256<T> shared = Vector256.Create(row.Advantages[0]), sum = default, clippedLow = default, clippedHigh = default;
        nuint end = (nuint)count;
        for (nuint t = 0; t < end; t += (nuint)Vector256<T>.Count)
        {
            Vector256<T> selected = asFlags ? Lanes.FromFlags<T>(ref Unsafe.Add(ref f, t)) : ~Vector256.Equals(Vector256.LoadUnsafe(ref m, t), Vector256<T>.Zero);
            Vector256<T> logProbs = Vector256.LoadUnsafe(ref x, t), logRatio = mean, power = sharedPower;
            if (!sharedRatio)
            {
                logRatio = logProbs - Vector256.LoadUnsafe(ref y, t);
                power = formula.Power(logRatio);
            }
            PointwiseLanes<T> lanes = formula.Evaluate(logProbs, logRatio, power, perToken ? Vector256.LoadUnsafe(ref a, t) : shared);
            Vector256<T> value = lanes.Value & selected, one = Vector256<T>.One & selected;   // bits, so that a NaN at a masked token goes as well
            sum += value;
            clippedLow += lanes.Low & one;
            clippedHigh += lanes.High & one;
            if (withValue) value.StoreUnsafe(ref v, t);
            if (withSlope) ((lanes.Slope * factor) & selected).StoreUnsafe(ref s, t);
            if (!withRatio) continue;
            Vector256.ConditionalSelect(selected, power, Vector256<T>.One).StoreUnsafe(ref r, t);
            Lanes.ToFlags(lanes.Low & selected, ref Unsafe.Add(ref l, t));
            Lanes.ToFlags(lanes.High & selected, ref Unsafe.Add(ref h, t));
        }
        return new(double.CreateTruncating(Vector256.Sum(sum)), double.CreateTruncating(Vector256.Sum(clippedLow)), double.CreateTruncating(Vector256.Sum(clippedHigh)));
    }

    /// <summary>What does not fill a vector goes through one on the stack.</summary>
    private static PointwiseSums Tail<T, TFormula>(TFormula formula, in PointwiseRow<T> row, bool sharedRatio, Vector256<T> mean, Vector256<T> sharedPower, Vector256<T> factor)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        int size = Vector256<T>.Count;
        Span<T> x = stackalloc T[size], y = stackalloc T[size], a = stackalloc T[size], m = stackalloc T[size], v = stackalloc T[size], s = stackalloc T[size], r = stackalloc T[size];
        Span<byte> f = stackalloc byte[size], l = stackalloc byte[size], h = stackalloc byte[size];
        m.Clear();                                                                      // the other inputs do not matter where the mask is 0
        f.Clear();
        row.LogProbs.CopyTo(x);
        row.Other.CopyTo(y);
        row.Advantages.CopyTo(a);
        row.Mask.CopyTo(m);
        row.Flags.CopyTo(f);
        var padded = new PointwiseRow<T>
        {
            LogProbs = x, Other = y, Advantages = row.Advantages.Length == 1 ? a[..1] : a, Mask = row.Mask.IsEmpty ? default : m, Flags = f,
            Value = v, Slope = s, Ratio = r, Low = l, High = h,
        };
        PointwiseSums sums = Vectors(formula, padded, size, sharedRatio, mean, sharedPower, factor);
        v[..row.Value.Length].CopyTo(row.Value);
        s[..row.Slope.Length].CopyTo(row.Slope);
        r[..row.Ratio.Length].CopyTo(row.Ratio);
        l[..row.Low.Length].CopyTo(row.Low);
        h[..row.High.Length].CopyTo(row.High);
        return sums;
    }
}
