using System.Numerics;
using System.Runtime.InteropServices;
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
        where TFormula : struct, IPointwise<T>
    {
        using var scope = NewDisposeScope();
        long[] shape = logProbs.shape;
        Tensor slope = empty(shape, logProbs.dtype), value = AttachGradient.Elementwise(logProbs, slope);
        Tensor? ratio = withRatio ? empty(shape, logProbs.dtype) : null, low = withRatio ? empty(shape, ScalarType.Bool) : null, high = withRatio ? empty(shape, ScalarType.Bool) : null;
        Tensor? perToken = advantages is null ? null : advantages.size(1) == shape[1] ? advantages : advantages.expand(shape);
        int width = (int)shape[1];
        ReadOnlySpan<T> x = Values<T>(logProbs, logProbs.dtype), y = Values<T>(other ?? logProbs, logProbs.dtype), a = Values<T>(perToken ?? logProbs, logProbs.dtype), m = Values<T>(mask, logProbs.dtype);
        Span<T> v = Memory<T>(value), s = Memory<T>(slope), r = Memory<T>(ratio);
        Span<byte> l = Memory<byte>(low), h = Memory<byte>(high);
        if (level == RatioLevel.Token)
            PointwiseLoop.Tokens(ref formula, x, y, a, m, v, s, r, l, h);
        else
            for (int start = 0; start < x.Length; start += width)
                PointwiseLoop.Trajectory(ref formula, x.Slice(start, width), y.Slice(start, width), a.Slice(start, width), m.Slice(start, width),
                    v.Slice(start, width), s.Slice(start, width), Part(r, start, width), Part(l, start, width), Part(h, start, width));
        return new(value.MoveToOuterDisposeScope(), ratio?.MoveToOuterDisposeScope()!, low?.MoveToOuterDisposeScope()!, high?.MoveToOuterDisposeScope()!);
    }

    /// <summary>A tensor's numbers in the type of the computation; copied only when its type or layout differs.</summary>
    internal static ReadOnlySpan<T> Values<T>(Tensor tensor, ScalarType type)
        where T : unmanaged
    {
        Tensor constant = tensor.detach();
        if (constant.dtype != type) constant = constant.to_type(type);
        return Memory<T>(constant.is_contiguous() ? constant : constant.contiguous());
    }

    internal static Span<T> Memory<T>(Tensor? tensor)
        where T : unmanaged
        => tensor is null || tensor.numel() == 0 ? default : MemoryMarshal.Cast<byte, T>(tensor.bytes);

    private static Span<T> Part<T>(Span<T> all, int start, int length) => all.IsEmpty ? default : all.Slice(start, length);
}
