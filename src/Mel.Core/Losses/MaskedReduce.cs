using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>Sums and means over the positions that a mask selects. What lies at other positions, NaN included, never matters.</summary>
public static class MaskedReduce
{
    /// <summary>
    /// Turns per-token losses into a scalar by <see cref="LossNormalizer.Aggregation"/>. With N tokens, S trajectories (of the whole optimizer batch) and |y_i|
    /// tokens in trajectory i: sum/N, sum_i(sum_t/|y_i|)/S, sum_i(sum_t)/S, or sum/(S L) (verl core_algos.py <c>agg_loss</c>).
    /// </summary>
    /// <param name="perToken">Per-token values, [B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="normalizer">The counts of the whole optimizer batch: results of its micro-batches add up.</param>
    /// <returns>Scalar, []; 0 with zero gradient when the batch holds no token. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The two inputs differ in shape.</exception>
    public static Tensor Aggregate(Tensor perToken, Tensor mask, LossNormalizer normalizer)
    {
        Shapes.RequireMatrix(perToken, nameof(perToken));
        Shapes.RequireSame(perToken, mask, nameof(perToken), nameof(mask));
        using var scope = NewDisposeScope();
        Tensor selected = Masks.AsBool(mask);
        Tensor kept = Masks.Keep(selected, perToken);                                   // [B, T]
        if (normalizer.Aggregation == Aggregation.SequenceMeanTokenMean)
            kept = kept.sum(1) / selected.sum(1, type: perToken.dtype).clamp_min(Scalars.One);    // [B]     mean over |y_i|
        return kept.sum().Times(normalizer.Scale).MoveToOuterDisposeScope();            // []
    }

    /// <summary>
    /// The factor of each token in <see cref="Aggregate"/>: the loss is the sum of weight x per-token loss. 0 where the mask does not select.
    /// </summary>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="normalizer">The counts of the whole optimizer batch.</param>
    /// <param name="dtype">Type of the result; float32 by default.</param>
    /// <returns>[B, T]. Owned by the caller's dispose scope.</returns>
    public static Tensor Weights(Tensor mask, LossNormalizer normalizer, ScalarType dtype = ScalarType.Float32)
    {
        Shapes.RequireMatrix(mask, nameof(mask));
        using var scope = NewDisposeScope();
        using Scalar scale = normalizer.Scale.ToScalar();
        Tensor selected = Masks.AsBool(mask);
        Tensor weights = selected.to_type(dtype).mul_(scale);
        if (normalizer.Aggregation == Aggregation.SequenceMeanTokenMean)
            weights = weights.div_(selected.sum(1, keepdim: true, type: dtype).clamp_min(Scalars.One));
        return weights.MoveToOuterDisposeScope();
    }

    /// <summary>Sum over the selected positions.</summary>
    /// <param name="values">[B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on positions that count, [B, T].</param>
    /// <returns>Scalar, []. Owned by the caller's dispose scope.</returns>
    public static Tensor Sum(Tensor values, Tensor mask)
    {
        Shapes.RequireSame(values, mask, nameof(values), nameof(mask));
        using var scope = NewDisposeScope();
        return Masks.Keep(Masks.AsBool(mask), values).sum().MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the selected positions.</summary>
    /// <param name="values">[B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on positions that count, [B, T].</param>
    /// <returns>Scalar, []; 0 when nothing is selected. Owned by the caller's dispose scope.</returns>
    public static Tensor Mean(Tensor values, Tensor mask)
    {
        Shapes.RequireSame(values, mask, nameof(values), nameof(mask));
        using var scope = NewDisposeScope();
        Tensor selected = Masks.AsBool(mask);
        return (Masks.Keep(selected, values).sum() / selected.sum(values.dtype).clamp_min(Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the selected positions of each row.</summary>
    /// <param name="values">[B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on positions that count, [B, T].</param>
    /// <returns>[B]; 0 for a row without a selected position. Owned by the caller's dispose scope.</returns>
    public static Tensor RowMean(Tensor values, Tensor mask)
    {
        Shapes.RequireMatrix(values, nameof(values));
        Shapes.RequireSame(values, mask, nameof(values), nameof(mask));
        using var scope = NewDisposeScope();
        Tensor selected = Masks.AsBool(mask);
        return (Masks.Keep(selected, values).sum(1) / selected.sum(1, type: values.dtype).clamp_min(Scalars.One)).MoveToOuterDisposeScope();
    }
}
