using static TorchSharp.torch;

namespace Mel.Losses;

public static partial class PolicyLoss
{
    /// <summary>
    /// <see cref="ClippedSurrogate"/> aggregated by <paramref name="normalizer"/>, the counts of the whole optimizer batch: what <see cref="MaskedReduce.Aggregate"/>
    /// makes of it, in one pass and without a matrix of losses.
    /// </summary>
    /// <inheritdoc cref="ClippedSurrogate"/>
    public static PolicyLossSum AggregateClippedSurrogate(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, LossNormalizer normalizer, ClipRange clip, double? dualClip = null,
        RatioLevel level = RatioLevel.Token, double? delta = null, double? maxLogRatio = 20)
    {
        if (!Pointwise.Supports(logProbs)) return Sum(ClippedSurrogate(logProbs, oldLogProbs, advantages, mask, clip, dualClip, level, delta, maxLogRatio), mask, normalizer);
        RequireDualClip(dualClip);
        RequireMatrices(logProbs, oldLogProbs, mask);
        using var scope = NewDisposeScope();
        Tensor broadcast = Shapes.RequireBroadcast(logProbs, advantages, nameof(logProbs), nameof(advantages));
        PolicyLossSum sum = logProbs.dtype == ScalarType.Float32
            ? Pointwise.Aggregate<float, ClippedSurrogateFormula<float>>(new(clip, dualClip, delta, maxLogRatio), logProbs, oldLogProbs, broadcast, mask, normalizer, level)
            : Pointwise.Aggregate<double, ClippedSurrogateFormula<double>>(new(clip, dualClip, delta, maxLogRatio), logProbs, oldLogProbs, broadcast, mask, normalizer, level);
        return sum.MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Cispo"/> aggregated by <paramref name="normalizer"/>, the counts of the whole optimizer batch, in one pass.</summary>
    /// <inheritdoc cref="Cispo"/>
    public static PolicyLossSum AggregateCispo(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, LossNormalizer normalizer, double maxWeight, double minWeight = 0, double? maxLogRatio = 20)
    {
        if (!Pointwise.Supports(logProbs)) return Sum(Cispo(logProbs, oldLogProbs, advantages, mask, maxWeight, minWeight, maxLogRatio), mask, normalizer);
        RequireMatrices(logProbs, oldLogProbs, mask);
        using var scope = NewDisposeScope();
        Tensor broadcast = Shapes.RequireBroadcast(logProbs, advantages, nameof(logProbs), nameof(advantages));
        PolicyLossSum sum = logProbs.dtype == ScalarType.Float32
            ? Pointwise.Aggregate<float, CappedWeightFormula<float>>(new(minWeight, maxWeight, maxLogRatio), logProbs, oldLogProbs, broadcast, mask, normalizer)
            : Pointwise.Aggregate<double, CappedWeightFormula<double>>(new(minWeight, maxWeight, maxLogRatio), logProbs, oldLogProbs, broadcast, mask, normalizer);
        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>The aggregate of a loss whose terms are at hand.</summary>
    internal static PolicyLossSum Sum(PolicyLossTerms terms, Tensor mask, LossNormalizer normalizer)
    {
        using var scope = NewDisposeScope();
        Tensor loss = MaskedReduce.Aggregate(terms.Loss, mask, normalizer);
        return new PolicyLossSum(loss, terms.ClippedLow.sum().item<long>(), terms.ClippedHigh.sum().item<long>()).MoveToOuterDisposeScope();
    }
}
