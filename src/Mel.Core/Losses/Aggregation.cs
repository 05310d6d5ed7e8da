namespace Mel.Losses;

/// <summary>How a [B, T] matrix of per-token losses becomes one number. The denominators are those of the whole optimizer batch (<see cref="LossNormalizer"/>).</summary>
public enum Aggregation
{
    /// <summary>Sum over all tokens / number of tokens (DAPO; verl <c>token-mean</c>, TRL <c>dapo</c>). Every token weighs the same.</summary>
    TokenMean,

    /// <summary>Mean over trajectories of the mean over tokens (Eq. 10; verl <c>seq-mean-token-mean</c>, TRL <c>grpo</c>). Every trajectory weighs the same.</summary>
    SequenceMeanTokenMean,

    /// <summary>Mean over trajectories of the sum over tokens (verl <c>seq-mean-token-sum</c>).</summary>
    SequenceMeanTokenSum,

    /// <summary>Sum over all tokens / (number of trajectories x a fixed length) (Dr.GRPO; verl <c>seq-mean-token-sum-norm</c>, TRL <c>dr_grpo</c>).</summary>
    FixedLength,
}
