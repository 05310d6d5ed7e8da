namespace Mel.Verification;

/// <summary>A verdict with, where the verifier gives them, a score and a reason. A plain <see cref="Verification.Verdict"/> converts.</summary>
public readonly record struct Judgement
{
    /// <summary>Creates a judgement.</summary>
    /// <param name="verdict">Right, wrong, or not to be judged.</param>
    /// <param name="score">How good the trajectory is, in [0, 1]; null takes 1 for correct and 0 for incorrect.</param>
    /// <param name="reason">Why, for people who read the run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside [0, 1].</exception>
    public Judgement(Verdict verdict, double? score = null, string? reason = null)
    {
        if (score is { } s && !(s >= 0 && s <= 1))
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score lies in [0, 1]; scale it, or give it a weight in WeightedVerifier.");
        (Verdict, Score, Reason) = (verdict, score, reason);
    }

    /// <summary>Right, wrong, or not to be judged.</summary>
    public Verdict Verdict { get; }

    /// <summary>How good the trajectory is, in [0, 1]; null where the verifier gives a verdict only.</summary>
    public double? Score { get; }

    /// <summary>Why the verdict was given; null where the verifier does not say.</summary>
    public string? Reason { get; }

    /// <summary>
    /// The answer that was found in the response, in the verifier's own notation; null where there is none, or where the verifier extracts none. Equal texts
    /// are equal answers: majority votes count them.
    /// </summary>
    public string? Answer { get; init; }

    /// <summary>The weighted rewards that make up the judgement; empty where there is only one.</summary>
    public IReadOnlyList<RewardPart> Parts { get => field ?? []; init; }

    /// <summary>
    /// The reward of the trajectory: the weighted sum of the parts, or the score where there are no parts, or r of Eq. 1 where there is no score. NaN means
    /// that no judgement was possible. The trajectory then leaves the statistics of its group and does not train.
    /// </summary>
    public double Reward
        => Parts.Count > 0 ? RewardPart.Sum(Parts) : Verdict == Verdict.Unverifiable ? double.NaN : Score ?? (Verdict == Verdict.Correct ? 1.0 : 0.0);

    /// <summary>A verdict without score and reason.</summary>
    /// <param name="verdict">The verdict.</param>
    public static implicit operator Judgement(Verdict verdict) => new(verdict);

    /// <summary>A verdict without score and reason.</summary>
    /// <param name="verdict">The verdict.</param>
    public static Judgement FromVerdict(Verdict verdict) => new(verdict);
}

/// <summary>One of several rewards of a trajectory.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Value">The reward before weighting; NaN where no judgement was possible.</param>
/// <param name="Weight">Its factor in the sum.</param>
public readonly record struct RewardPart(string Name, double Value, double Weight)
{
    /// <summary>Weighted sum. A part that could not be judged counts as nothing; where none could be, the sum is NaN (TRL <c>sum_then_normalize</c>).</summary>
    internal static double Sum(IReadOnlyList<RewardPart> parts)
        => parts.All(p => double.IsNaN(p.Value)) ? double.NaN : parts.Sum(p => double.IsNaN(p.Value) ? 0 : p.Value * p.Weight);
}

/// <summary>What a verifier says of one trajectory.</summary>
public enum Verdict
{
    /// <summary>The answer is wrong, missing, malformed or not terminated: reward 0 of Eq. 1.</summary>
    Incorrect,

    /// <summary>The answer equals the reference: reward 1 of Eq. 1.</summary>
    Correct,

    /// <summary>
    /// No judgement is possible, for instance because the reference cannot be read. The trajectory leaves the group's statistics; it is not a zero.
    /// </summary>
    Unverifiable,
}
