using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// The denominators of an optimizer batch. Every micro-batch is divided by the totals of the whole batch, so that micro-batch losses and gradients add up
/// to those of the batch in one piece, whatever the split.
/// </summary>
/// <param name="Aggregation">How tokens and trajectories are weighed.</param>
/// <param name="TotalTokens">Trained tokens of the whole optimizer batch.</param>
/// <param name="TotalSequences">Trajectories of the whole optimizer batch that have at least one trained token.</param>
/// <param name="FixedLength">Tokens; the divisor L of <see cref="Aggregation.FixedLength"/>, unused by the others.</param>
public readonly record struct LossNormalizer(Aggregation Aggregation, double TotalTokens, double TotalSequences, double FixedLength = 0)
{
    /// <summary>The normalizer of a batch that is not split.</summary>
    /// <param name="aggregation">How tokens and trajectories are weighed.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <param name="fixedLength">Tokens; needed by <see cref="Aggregation.FixedLength"/> only.</param>
    public static LossNormalizer FromMask(Aggregation aggregation, Tensor mask, double fixedLength = 0)
    {
        Shapes.RequireMatrix(mask, nameof(mask));
        using var scope = NewDisposeScope();
        Tensor lengths = Masks.AsBool(mask).sum(1, type: ScalarType.Int64);             // [B]
        long tokens = lengths.sum().item<long>();
        long sequences = lengths.gt(Scalars.Zero).sum(ScalarType.Int64).item<long>();
        return new(aggregation, tokens, sequences, fixedLength);
    }

    /// <summary>The factor shared by all tokens; 1/|y_i|, where it applies, comes on top. 0 when the batch holds nothing to train on.</summary>
    internal double Scale => Denominator > 0 ? 1 / Denominator : 0;

    private double Denominator => Aggregation switch
    {
        Aggregation.TokenMean => TotalTokens,
        Aggregation.SequenceMeanTokenMean or Aggregation.SequenceMeanTokenSum => TotalSequences,
        Aggregation.FixedLength when FixedLength > 0 => TotalSequences * FixedLength,
        Aggregation.FixedLength => throw new InvalidOperationException(
            $"Aggregation FixedLength divides by a fixed number of tokens, but FixedLength is {FixedLength}; set it to the longest response, for instance."),
        _ => throw new InvalidOperationException($"Unknown aggregation {Aggregation}."),
    };
}

/// <summary>
/// How a [B, T] matrix of per-token losses becomes one number. The denominators are those of the whole optimizer batch (<see cref="LossNormalizer"/>).
/// </summary>
public enum Aggregation
{
    /// <summary>Sum over all tokens / number of tokens (DAPO; verl <c>token-mean</c>, TRL <c>dapo</c>). Every token weighs the same.</summary>
    TokenMean,

    /// <summary>
    /// Mean over trajectories of the mean over tokens (Eq. 10; verl <c>seq-mean-token-mean</c>, TRL <c>grpo</c>). Every trajectory weighs the same.
    /// </summary>
    SequenceMeanTokenMean,

    /// <summary>Mean over trajectories of the sum over tokens (verl <c>seq-mean-token-sum</c>).</summary>
    SequenceMeanTokenSum,

    /// <summary>Sum over all tokens / (number of trajectories x a fixed length) (Dr.GRPO; verl <c>seq-mean-token-sum-norm</c>, TRL <c>dr_grpo</c>).</summary>
    FixedLength,
}
