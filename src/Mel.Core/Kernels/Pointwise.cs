using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary>
/// Runs a formula over [B, T] in main memory in one pass, value and derivative together. A composition of tensor operations reads and writes the matrix about
/// thirty times, backward included; <see cref="PolicyLoss"/> and <see cref="Divergence"/> keep that composition for other devices and types.
/// </summary>
internal static class Pointwise
{
    /// <summary>Turns this path off on the current thread, so that tests reach the composition as well.</summary>
    [ThreadStatic]
    internal static bool Disabled;

    public static bool Supports(Tensor logProbs) => !Disabled && logProbs.device_type == DeviceType.CPU && logProbs.dtype is ScalarType.Float32 or ScalarType.Float64 && logProbs.dim() == 2;

    /// <summary>Evaluates a formula at every position the mask selects; elsewhere value and derivative are 0 and the ratio is 1.</summary>
    /// <param name="formula">What to compute.</param>
    /// <param name="logProbs">[B, T], of type T.</param>
    /// <param name="other">Log-probs that are subtracted, [B, T]; null for formulas without a ratio.</param>
    /// <param name="advantages">[B, 1] or [B, T]; null for formulas without advantages.</param>
    /// <param name="mask">[B, T].</param>
    /// <param name="level">Whether the log-ratio is a token's own or the mean over the trajectory.</param>
    /// <param name="withRatio">Whether ratio and clip masks are wanted.</param>
    /// <returns>The value with its place in the graph, and if wanted ratio, low and high clip masks. Owned by the caller's dispose scope.</returns>
    public static PolicyLossTerms Run<T, TFormula>(TFormula formula, Tensor logProbs, Tensor? other, Tensor? advantages, Tensor mask, RatioLevel level = RatioLevel.Token, bool withRatio = false)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : IPointwise<T>
    {
        using var scope = NewDisposeScope();
        long rows = logProbs.size(0), columns = logProbs.size(1);
        Tensor value = empty(rows, columns, logProbs.dtype), slope = empty(rows, columns, logProbs.dtype);
        Tensor? ratio = withRatio ? empty(rows, columns, logProbs.dtype) : null, low = withRatio ? empty(rows, columns, ScalarType.Bool) : null, high = withRatio ? empty(rows, columns, ScalarType.Bool) : null;
        ReadOnlySpan<T> x = Values<T>(logProbs, logProbs.dtype), y = Values<T>(other, logProbs.dtype), a = Values<T>(advantages, logProbs.dtype), m = Values<T>(mask, logProbs.dtype);
        Span<T> v = Memory<T>(value), s = Memory<T>(slope), r = Memory<T>(ratio);
        Span<byte> l = Memory<byte>(low), h = Memory<byte>(high);
        bool perTrajectory = advantages is not null && advantages.size(1) == 1 && columns != 1;
        int width = (int)columns;
        for (int row = 0; row < rows; row++)
        {
            int start = row * width;
            ReadOnlySpan<T> rowX = x.Slice(start, width), rowY = y.IsEmpty ? default : y.Slice(start, width), rowM = m.Slice(start, width);
            Vector512<T> shared = level == RatioLevel.Sequence ? MeanDifference(rowX, rowY, rowM) : default;
            Vector512<T> advantage = perTrajectory ? Vector512.Create(a[row]) : default;
            for (int t = 0; t < width; t += Vector512<T>.Count)
            {
                Vector512<T> selected = ~Vector512.Equals(Load(rowM, t), Vector512<T>.Zero);
                Vector512<T> logProb = Vector512.ConditionalSelect(selected, Load(rowX, t), Vector512<T>.Zero);
                Vector512<T> logRatio = level == RatioLevel.Sequence ? shared
                    : y.IsEmpty ? default : Vector512.ConditionalSelect(selected, logProb - Load(rowY, t), Vector512<T>.Zero);
                if (!perTrajectory && !a.IsEmpty) advantage = Vector512.ConditionalSelect(selected, Load(a.Slice(start, width), t), Vector512<T>.Zero);
                TokenTerm<T> term = formula.Evaluate(logProb, logRatio, advantage);
                Store(term.Value & selected, v.Slice(start, width), t);
                Store(term.Slope & selected, s.Slice(start, width), t);
                if (!withRatio) continue;
                Store(Vector512.ConditionalSelect(selected, term.Ratio, Vector512<T>.One), r.Slice(start, width), t);
                StoreFlags(term.ClippedLow & selected, l.Slice(start, width), t);
                StoreFlags(term.ClippedHigh & selected, h.Slice(start, width), t);
            }
        }
        Tensor attached = AttachGradient.To(logProbs, value, slope).MoveToOuterDisposeScope();
        return new(attached, ratio?.MoveToOuterDisposeScope()!, low?.MoveToOuterDisposeScope()!, high?.MoveToOuterDisposeScope()!);
    }

    /// <summary>Mean of x - y over the selected positions, in every lane; 0 when there is none.</summary>
    private static Vector512<T> MeanDifference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> mask)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> sum = default, count = default;
        for (int t = 0; t < x.Length; t += Vector512<T>.Count)
        {
            Vector512<T> selected = ~Vector512.Equals(Load(mask, t), Vector512<T>.Zero);
            sum += (Load(x, t) - Load(y, t)) & selected;
            count += Vector512<T>.One & selected;
        }
        return Vector512.Create(Vector512.Sum(sum) / T.Max(Vector512.Sum(count), T.One));
    }

    internal static ReadOnlySpan<T> Values<T>(Tensor? tensor, ScalarType type)
        where T : unmanaged
        => tensor is null ? default : Memory<T>(tensor.detach().to_type(type).contiguous());

    internal static Span<T> Memory<T>(Tensor? tensor)
        where T : unmanaged
        => tensor is null || tensor.numel() == 0 ? default : MemoryMarshal.Cast<byte, T>(tensor.bytes);

    /// <summary>A vector from position t; beyond the end of the row zeros.</summary>
    internal static Vector512<T> Load<T>(ReadOnlySpan<T> row, int t)
        where T : unmanaged
    {
        if (t + Vector512<T>.Count <= row.Length) return Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)t);
        Span<T> padded = stackalloc T[Vector512<T>.Count];
        padded.Clear();
        row[t..].CopyTo(padded);
        return Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(padded));
    }

    internal static void Store<T>(Vector512<T> vector, Span<T> row, int t)
        where T : unmanaged
    {
        if (t + Vector512<T>.Count <= row.Length)
        {
            vector.StoreUnsafe(ref MemoryMarshal.GetReference(row), (nuint)t);
            return;
        }
        for (int i = t; i < row.Length; i++) row[i] = vector[i - t];
    }

    /// <summary>Lanes with all bits set become 1, others 0.</summary>
    private static void StoreFlags<T>(Vector512<T> lanes, Span<byte> row, int t)
        where T : unmanaged
    {
        ulong bits = lanes.ExtractMostSignificantBits();
        int count = Math.Min(Vector512<T>.Count, row.Length - t);
        if (bits == 0) row.Slice(t, count).Clear();                                     // few tokens are clipped
        else for (int i = 0; i < count; i++) row[t + i] = (byte)((bits >> i) & 1);
    }
}
