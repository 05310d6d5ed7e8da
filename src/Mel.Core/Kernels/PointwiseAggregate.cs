using System.Numerics;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary><see cref="MaskedReduce.Aggregate"/> in main memory: one pass for the sum and its derivative.</summary>
internal static class PointwiseAggregate
{
    public static Tensor Run<T>(Tensor perToken, Tensor mask, Aggregation aggregation, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        int rows = (int)perToken.size(0), width = (int)perToken.size(1);
        Tensor slope = empty(perToken.shape, perToken.dtype);
        ReadOnlySpan<T> x = Pointwise.Values<T>(perToken, perToken.dtype), m = Pointwise.Values<T>(mask, perToken.dtype);
        Span<T> s = Pointwise.Memory<T>(slope);
        double total = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> rowX = x.Slice(row * width, width), rowM = m.Slice(row * width, width);
            Span<T> rowS = s.Slice(row * width, width);
            double weight = aggregation == Aggregation.SequenceMeanTokenMean ? scale / Math.Max(1, Count(rowM)) : scale;
            Vector512<T> factor = Vector512.Create(T.CreateTruncating(weight)), sum = default;
            for (int t = 0; t < width; t += Vector512<T>.Count)
            {
                Vector512<T> selected = ~Vector512.Equals(Pointwise.Load(rowM, t), Vector512<T>.Zero);
                sum += Pointwise.Load(rowX, t) & selected;
                Pointwise.Store(factor & selected, rowS, t);
            }
            total += weight * double.CreateTruncating(Vector512.Sum(sum));              // rows are added in float64
        }
        Tensor value = tensor(total, perToken.dtype);
        return AttachGradient.To(perToken, value, slope).MoveToOuterDisposeScope();
    }

    private static double Count<T>(ReadOnlySpan<T> mask)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> count = default;
        for (int t = 0; t < mask.Length; t += Vector512<T>.Count) count += Vector512<T>.One & ~Vector512.Equals(Pointwise.Load(mask, t), Vector512<T>.Zero);
        return double.CreateTruncating(Vector512.Sum(count));
    }
}
