namespace Mel.Evaluation;

/// <summary>
/// pass@k, the chance that at least one of k attempts is correct, estimated without bias from n of which c are (Chen et al., Evaluating Large Language Models
/// Trained on Code, 2021).
/// </summary>
public static class PassAtK
{
    /// <summary>1 - C(n - c, k) / C(n, k), as a product of ratios, so that no binomial coefficient can overflow.</summary>
    /// <param name="attempts">n: the attempts that were judged, at least 1.</param>
    /// <param name="correct">c: how many of them are correct.</param>
    /// <param name="k">Attempts that are allowed, within [1, n].</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range: from n attempts nothing is known of more than n.</exception>
    public static double Of(int attempts, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, attempts);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, attempts);
        if (correct == 0) return 0;
        if (attempts - correct < k) return 1;
        // C(n - c, k) / C(n, k) is symmetric in c and k: the smaller one has fewer factors.
        (int factors, int other) = correct < k ? (correct, k) : (k, correct);
        double none = 1;
        for (int i = 0; i < factors; i++) none *= (double)(attempts - other - i) / (attempts - i);
        return 1 - none;
    }
}
