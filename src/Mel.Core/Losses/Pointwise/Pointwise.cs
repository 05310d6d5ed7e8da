using Mel.Runtime;
using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// Runs a formula over [B, T] in main memory in one pass, value and derivative together. A composition of tensor operations reads and writes the matrix about
/// thirty times, backward included; <see cref="PolicyLoss"/> and <see cref="Divergence"/> keep that composition for other devices and types.
/// </summary>
internal static unsafe class Pointwise
{
    /// <summary>Turns this path off on the current thread, so that tests reach the composition as well.</summary>
    [ThreadStatic]
    internal static bool Disabled;

    public static bool Supports(Tensor logProbs) => !Disabled && logProbs.device_type == DeviceType.CPU && logProbs.dtype is ScalarType.Float32 or ScalarType.Float64 && logProbs.dim() == 2;

    /// <summary>Evaluates a formula at every position the mask selects; elsewhere value and derivative are 0 and the ratio is 1.</summary>
    /// <param name="formula">What to compute.</param>
    /// <param name="logProbs">[B, T], of type T; carries gradient.</param>
    /// <param name="other">Log-probs that are subtracted, [B, T]; null for formulas without a ratio.</param>
    /// <param name="advantages">[B, 1] or [B, T]; null for formulas without advantages.</param>
    /// <param name="mask">[B, T].</param>
    /// <param name="level">Whether the log-ratio is a token's own or the mean over the trajectory.</param>
    /// <param name="withRatio">Whether ratio and clip masks are wanted.</param>
    /// <returns>The values with their place in the graph, and if wanted ratio, low and high clip masks. Owned by the caller's dispose scope.</returns>
    public static PolicyLossTerms PerToken<T, TFormula>(TFormula formula, Tensor logProbs, Tensor? other, Tensor? advantages, Tensor mask, RatioLevel level = RatioLevel.Token, bool withRatio = false)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        using var scope = NewDisposeScope();
        logProbs = logProbs.contiguous();
        Tensor? slope = NewSlope(logProbs);
        Tensor value = slope is null ? empty(logProbs.shape, logProbs.dtype) : AttachGradient.Elementwise(logProbs, slope);
        Tensor? ratio = withRatio ? empty(logProbs.shape, logProbs.dtype) : null, low = withRatio ? empty(logProbs.shape, ScalarType.Bool) : null, high = withRatio ? empty(logProbs.shape, ScalarType.Bool) : null;
        Run<T, TFormula>(formula, logProbs, other, advantages, mask, level, null, value, slope, ratio, low, high);
        return new(value.MoveToOuterDisposeScope(), ratio?.MoveToOuterDisposeScope()!, low?.MoveToOuterDisposeScope()!, high?.MoveToOuterDisposeScope()!);
    }

    /// <summary>The same formula aggregated to a scalar, in the same pass: neither values nor their gradient ever lie in memory.</summary>
    /// <inheritdoc cref="PerToken"/>
    public static PolicyLossSum Aggregate<T, TFormula>(TFormula formula, Tensor logProbs, Tensor? other, Tensor? advantages, Tensor mask, LossNormalizer normalizer, RatioLevel level = RatioLevel.Token)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        using var scope = NewDisposeScope();
        logProbs = logProbs.contiguous();
        Tensor? slope = NewSlope(logProbs);
        PointwiseSums sums = Run<T, TFormula>(formula, logProbs, other, advantages, mask, level, normalizer, null, slope, null, null, null);
        Tensor loss = slope is null ? empty([], logProbs.dtype) : AttachGradient.Scalar(logProbs, slope);
        *Memory<T>(loss) = T.CreateTruncating(sums.Value);
        return new(loss.MoveToOuterDisposeScope(), sums.Low, sums.High);
    }

    private static PointwiseSums Run<T, TFormula>(TFormula formula, Tensor logProbs, Tensor? other, Tensor? advantages, Tensor mask, RatioLevel level, LossNormalizer? normalizer,
        Tensor? value, Tensor? slope, Tensor? ratio, Tensor? low, Tensor? high)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFormula : struct, IPointwise<T>
    {
        bool asFlags = mask.dtype != logProbs.dtype;
        int width = (int)logProbs.size(1);
        T* x = Values<T>(logProbs, logProbs.dtype);
        var matrix = new PointwiseMatrix<T>
        {
            Rows = width > 0 ? (int)logProbs.size(0) : 0, Width = width, LogProbs = x, Other = other is null ? x : Values<T>(other, logProbs.dtype),
            Advantages = advantages is null ? x : Values<T>(advantages, logProbs.dtype), AdvantagesPerRow = advantages is null || advantages.numel() == logProbs.numel() ? width : 1,
            Mask = asFlags ? null : Values<T>(mask, logProbs.dtype), Flags = asFlags ? Values<byte>(Masks.AsBool(mask), ScalarType.Bool) : null,
            Value = Memory<T>(value), Slope = Memory<T>(slope), Ratio = Memory<T>(ratio), Low = Memory<byte>(low), High = Memory<byte>(high),
        };
        bool byTrajectory = normalizer is { Aggregation: Aggregation.SequenceMeanTokenMean };
        double scale = normalizer?.Scale ?? 1;
        var perRow = new PointwiseSums[matrix.Rows];
        ParallelRows.For(matrix.Rows, width / 2, (first, end) =>                                // half a nanosecond per token
        {
            for (int row = first; row < end; row++)
            {
                PointwiseRow<T> tokens = matrix.Row(row);
                PointwiseSums logRatios = byTrajectory || level == RatioLevel.Sequence ? PointwiseLoop.Run(default(LogRatioFormula<T>), tokens.Inputs, null, 1) : default;
                double length = Math.Max(1, logRatios.Low), weight = byTrajectory ? scale / length : scale;
                PointwiseSums own = PointwiseLoop.Run(formula, tokens, level == RatioLevel.Sequence ? logRatios.Value / length : null, weight);
                perRow[row] = own with { Value = weight * own.Value };
            }
        });
        PointwiseSums sums = default;
        foreach (PointwiseSums own in perRow) sums += own;                              // in the order of the rows: any number of threads gives the same bits
        return sums;
    }

    /// <summary>Memory for the derivative; null where no gradient is recorded.</summary>
    private static Tensor? NewSlope(Tensor logProbs) => is_grad_enabled() && logProbs.requires_grad ? empty(logProbs.shape, logProbs.dtype) : null;

    /// <summary>A tensor's numbers in the type of the computation; copied only when its type or layout differs.</summary>
    private static T* Values<T>(Tensor tensor, ScalarType type)
        where T : unmanaged
    {
        if (tensor.dtype != type) tensor = tensor.detach().to_type(type);
        return Memory<T>(tensor.is_contiguous() ? tensor : tensor.detach().contiguous());
    }

    private static T* Memory<T>(Tensor? tensor)
        where T : unmanaged
        => tensor is null || tensor.numel() == 0 ? null : (T*)ParallelRows.Bytes(tensor);
}
