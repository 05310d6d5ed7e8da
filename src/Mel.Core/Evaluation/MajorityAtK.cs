using MathNet.Numerics.Distributions;

namespace Mel.Evaluation;

/// <summary>
/// maj@k, the chance that the answer which most of k attempts agree on is correct (Wang et al., Self-Consistency Improves Chain of Thought Reasoning, 2023),
/// averaged over all choices of k among n attempts.
/// </summary>
/// <remarks>
/// Attempts without an answer are drawn and cast no vote. Where answers have equally many votes, one of them is drawn: with the correct answer among t, the
/// chance is 1 / t. Without any vote it is 0.
/// </remarks>
public static class MajorityAtK
{
    /// <summary>The chance that the correct answer wins.</summary>
    /// <param name="correct">Attempts with the correct answer.</param>
    /// <param name="others">Attempts with each of the wrong answers.</param>
    /// <param name="abstentions">Attempts without an answer.</param>
    /// <param name="k">Attempts that are allowed, from 1 to the number of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or k is out of its range.</exception>
    public static double Of(int correct, IReadOnlyList<int> others, int abstentions, int k)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfNegative(abstentions);
        foreach (int votes in others) ArgumentOutOfRangeException.ThrowIfNegative(votes, nameof(others));
        int attempts = correct + others.Sum() + abstentions;
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, attempts);
        double wins = 0;
        for (int votes = Math.Max(1, k - (attempts - correct)); votes <= Math.Min(correct, k); votes++)
            wins += Hypergeometric.PMF(attempts, correct, k, votes) * Wins(votes, others, attempts - correct, k - votes);
        return wins;
    }

    /// <summary>The chance to win with so many votes, when the rest of the draw falls on the others.</summary>
    private static double Wins(int votes, IReadOnlyList<int> others, int left, int draws)
    {
        // chances[d, t]: that no answer so far has more votes, t have as many, and d draws are left for the answers to come.
        double[,] chances = new double[draws + 1, others.Count + 1];
        chances[draws, 0] = 1;
        foreach ((int seen, int size) in others.Index())
        {
            double[,] next = new double[draws + 1, others.Count + 1];
            for (int d = 0; d <= draws; d++)
            {
                for (int y = Math.Max(0, d - (left - size)); y <= Math.Min(size, Math.Min(d, votes)); y++)
                {
                    double chance = Hypergeometric.PMF(left, size, d, y);
                    for (int t = 0; t <= seen; t++) next[d - y, t + (y == votes ? 1 : 0)] += chance * chances[d, t];
                }
            }

            chances = next;
            left -= size;
        }

        double wins = 0;
        for (int d = 0; d <= draws; d++)
        {
            for (int t = 0; t <= others.Count; t++) wins += chances[d, t] / (t + 1);
        }

        return wins;
    }
}
