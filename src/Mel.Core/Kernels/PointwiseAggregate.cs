using System.Numerics;
using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary><see cref="MaskedReduce.Aggregate"/> in main memory: one pass for the sum and its derivative.</summary>
internal static class PointwiseAggregate
{
    public static Tensor Run<T>(Tensor perToken, Tensor mask, Aggregation aggregation, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        int width = (int)perToken.size(1);
        Tensor slope = empty(perToken.shape, perToken.dtype), result = AttachGradient.Scalar(perToken, slope);
        ReadOnlySpan<T> x = Pointwise.Values<T>(perToken, perToken.dtype), m = Pointwise.Values<T>(mask, perToken.dtype);
        Span<T> s = Pointwise.Memory<T>(slope);
        double total = 0;                                                               // rows are added in float64
        for (int start = 0; start < x.Length; start += width)
        {
            ReadOnlySpan<T> rowMask = m.Slice(start, width);
            double weight = aggregation == Aggregation.SequenceMeanTokenMean ? scale / Math.Max(1, PointwiseLoop.Count(rowMask)) : scale;
            total += weight * PointwiseLoop.Sum(x.Slice(start, width), rowMask, s.Slice(start, width), weight);
        }
        Pointwise.Memory<T>(result)[0] = T.CreateTruncating(total);
        return result.MoveToOuterDisposeScope();
    }
}
