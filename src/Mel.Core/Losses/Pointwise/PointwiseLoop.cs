using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mel.Losses;

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
        => Lanes.AreWide ? Run<Lanes512<T>, T, TFormula>(formula, row, meanLogRatio, weight) : Run<Lanes256<T>, T, TFormula>(formula, row, meanLogRatio, weight);

    private static PointwiseSums Run<V, T, TFormula>(TFormula formula, in PointwiseRow<T> row, double? meanLogRatio, double weight)
        where V : struct, ILanes<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        bool sharedRatio = meanLogRatio is not null;
        V mean = V.Create(T.CreateTruncating(meanLogRatio ?? 0)), power = formula.Power(mean), factor = V.Create(T.CreateTruncating(weight));
        int tail = row.LogProbs.Length % V.Count, start = row.LogProbs.Length - tail;
        PointwiseSums sums = Registers(ref formula, row, start, sharedRatio, mean, power, factor);
        return tail == 0 ? sums : sums + Tail(formula, row.Slice(start, tail, row.Advantages.Length > 1 ? row.Advantages[start..] : row.Advantages), sharedRatio, mean, power, factor);
    }

    /// <summary>The first <paramref name="count"/> tokens, a multiple of a register.</summary>
    /// <remarks>
    /// Compiled once and fully: with a profile, the calls that came first decided up to half of the time. The formula comes by reference, because its numbers are then spread over a
    /// register by the load; from a copy it took the vector units to do so, in every round.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static PointwiseSums Registers<V, T, TFormula>(ref TFormula formula, in PointwiseRow<T> row, int count, bool sharedRatio, V mean, V sharedPower, V factor)
        where V : struct, ILanes<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        ref T x = ref MemoryMarshal.GetReference(row.LogProbs), y = ref MemoryMarshal.GetReference(row.Other), a = ref MemoryMarshal.GetReference(row.Advantages), m = ref MemoryMarshal.GetReference(row.Mask);
        ref T v = ref MemoryMarshal.GetReference(row.Value), s = ref MemoryMarshal.GetReference(row.Slope), r = ref MemoryMarshal.GetReference(row.Ratio);
        ref byte f = ref MemoryMarshal.GetReference(row.Flags), l = ref MemoryMarshal.GetReference(row.Low), h = ref MemoryMarshal.GetReference(row.High);
        bool withValue = !row.Value.IsEmpty, withSlope = !row.Slope.IsEmpty, withRatio = !row.Ratio.IsEmpty, perToken = row.Advantages.Length > 1, asFlags = row.Mask.IsEmpty;
        V shared = V.Create(row.Advantages[0]), sum = default;
        long clippedLow = 0, clippedHigh = 0;
        bool isShared = sharedRatio && !perToken && !TFormula.ReadsLogProbs;             // then one evaluation serves the trajectory
        PointwiseLanes<V> lanes = isShared ? formula.Evaluate(default, mean, sharedPower, shared) : default;
        nuint end = (nuint)count;
        for (nuint t = 0; t < end; t += (nuint)V.Count)
        {
            V selected = asFlags ? V.FromFlags(ref Unsafe.Add(ref f, t)) : V.NotEqual(V.Load(ref m, t), default);
            V power = sharedPower;
            if (!isShared)
            {
                V logProbs = V.Load(ref x, t), logRatio = mean;
                if (!sharedRatio)
                {
                    logRatio = logProbs - V.Load(ref y, t);
                    power = formula.Power(logRatio);
                }

                lanes = formula.Evaluate(logProbs, logRatio, power, perToken ? V.Load(ref a, t) : shared);
            }

            V value = lanes.Value & selected;                                           // bits, so that a NaN at a masked token goes as well
            sum += value;
            ulong selectedBits = TFormula.Clips ? V.Bits(selected) : 0, low = lanes.Low & selectedBits, high = lanes.High & selectedBits;
            clippedLow += BitOperations.PopCount(low);
            clippedHigh += BitOperations.PopCount(high);
            if (withValue) V.Store(value, ref v, t);
            if (withSlope) V.Store((lanes.Slope * factor) & selected, ref s, t);
            if (!withRatio) continue;
            V.Store(V.Select(selected, power, V.Create(T.One)), ref r, t);
            Lanes.StoreFlags(low, V.Count, ref Unsafe.Add(ref l, t));
            Lanes.StoreFlags(high, V.Count, ref Unsafe.Add(ref h, t));
        }
        return new(double.CreateTruncating(V.Sum(sum)), clippedLow, clippedHigh);
    }

    /// <summary>What does not fill a register goes through one on the stack.</summary>
    private static PointwiseSums Tail<V, T, TFormula>(TFormula formula, in PointwiseRow<T> row, bool sharedRatio, V mean, V sharedPower, V factor)
        where V : struct, ILanes<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        int size = V.Count;
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
        PointwiseSums sums = Registers(ref formula, padded, size, sharedRatio, mean, sharedPower, factor);
        v[..row.Value.Length].CopyTo(row.Value);
        s[..row.Slope.Length].CopyTo(row.Slope);
        r[..row.Ratio.Length].CopyTo(row.Ratio);
        l[..row.Low.Length].CopyTo(row.Low);
        h[..row.High.Length].CopyTo(row.High);
        return sums;
    }
}
