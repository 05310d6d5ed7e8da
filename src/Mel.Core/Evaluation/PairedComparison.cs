namespace Mel.Evaluation;

/// <summary>
/// How much better one evaluation is than another on the same questions. Differences are taken question by question, so that hard and easy questions, which
/// both met, add no noise.
/// </summary>
public sealed class PairedComparison
{
    private PairedComparison(double[] differences, int unpaired, int resamples, ulong seed)
    {
        Questions = differences.Length;
        Unpaired = unpaired;
        Difference = differences.Average();
        Interval = Bootstrap.Percentile(differences, resamples: resamples, seed: seed);
        Test = SignFlipTest.Of(differences, seed: seed);
    }

    /// <summary>Number of questions that both could answer.</summary>
    public int Questions { get; }

    /// <summary>Number of questions that only one of the two has, for instance because the other could not be judged. They are left out.</summary>
    public int Unpaired { get; }

    /// <summary>Mean of the second minus mean of the first, over the common questions.</summary>
    public double Difference { get; }

    /// <summary>95 % interval of <see cref="Difference"/>, from resampled questions.</summary>
    public (double Low, double High) Interval { get; }

    /// <summary>The permutation test of the differences.</summary>
    public SignFlipTest Test { get; }

    /// <summary>Compares two figures.</summary>
    /// <param name="first">The one to compare with.</param>
    /// <param name="second">The one that is better where the difference is positive.</param>
    /// <param name="resamples">Resamples of the interval, at least 1.</param>
    /// <param name="seed">Seed of resamples and of drawn signs.</param>
    /// <exception cref="ArgumentException">There is no common question.</exception>
    public static PairedComparison Of(EvaluationFigure first, EvaluationFigure second, int resamples = Bootstrap.Resamples, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Dictionary<string, double> before = first.Questions.Zip(first.Values).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        double[] differences = [.. second.Questions.Zip(second.Values).Where(p => before.ContainsKey(p.First)).Select(p => p.Second - before[p.First])];
        if (differences.Length == 0)
            throw new ArgumentException(
                $"The two evaluations have no question in common: {first.Questions.Count} in the first, {second.Questions.Count} in the second. "
                + "Compare evaluations on the same questions.",
                nameof(second));
        return new PairedComparison(differences, first.Questions.Count + second.Questions.Count - (2 * differences.Length), resamples, seed);
    }
}
