using MathNet.Numerics.Distributions;
using Mel.Rewards;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>How well a sampler does on a set of questions, as shares in [0, 1] of the questions that could be judged.</summary>
public sealed class EvaluationReport
{
    internal EvaluationReport(IReadOnlyList<RolloutGroup> greedy, IReadOnlyList<RolloutGroup> sampled, int samples)
    {
        double[] first = [.. greedy.Where(Judged).Select(Share)], shares = [.. sampled.Where(Judged).Select(Share)];
        Samples = samples;
        Questions = first.Length;
        Unverifiable = greedy.Concat(sampled).Sum(g => g.Verdicts.Count(v => v == Verdict.Unverifiable));
        PassAt1 = first.Length == 0 ? double.NaN : first.Average();
        PassAt1Interval = Binomial(first.Count(s => s > 0), first.Length);
        AverageAtK = shares.Length == 0 ? double.NaN : shares.Average();
        AverageAtKInterval = OfMean(shares);
        PassAtK = shares.Length == 0 ? double.NaN : shares.Average(s => s > 0 ? 1.0 : 0.0);
        PassAtKInterval = Binomial(shares.Count(s => s > 0), shares.Length);
    }

    /// <summary>Number of questions that could be judged.</summary>
    public int Questions { get; }

    /// <summary>Number of attempts that could not be judged. They enter no share.</summary>
    public int Unverifiable { get; }

    /// <summary>k: the number of sampled attempts per question.</summary>
    public int Samples { get; }

    /// <summary>Share of questions that are solved at temperature 0.</summary>
    public double PassAt1 { get; }

    /// <summary>Share of a question's k sampled attempts that are correct, averaged over questions; NaN where none were sampled.</summary>
    public double AverageAtK { get; }

    /// <summary>Share of questions with at least one correct attempt among k sampled ones; NaN where none were sampled.</summary>
    public double PassAtK { get; }

    /// <summary>95 % interval of <see cref="PassAt1"/> over questions (Clopper and Pearson, 1934).</summary>
    public (double Low, double High) PassAt1Interval { get; }

    /// <summary>95 % interval of <see cref="AverageAtK"/> over questions (Student's t).</summary>
    public (double Low, double High) AverageAtKInterval { get; }

    /// <summary>95 % interval of <see cref="PassAtK"/> over questions (Clopper and Pearson, 1934).</summary>
    public (double Low, double High) PassAtKInterval { get; }

    private static bool Judged(RolloutGroup group) => group.Verdicts.Any(v => v != Verdict.Unverifiable);

    private static double Share(RolloutGroup group)
        => (double)group.Verdicts.Count(v => v == Verdict.Correct) / group.Verdicts.Count(v => v != Verdict.Unverifiable);

    private static (double Low, double High) Binomial(int successes, int trials)
    {
        if (trials == 0) return (double.NaN, double.NaN);
        double low = successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, 0.025);
        double high = successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 0.975);
        return (low, high);
    }

    private static (double Low, double High) OfMean(double[] values)
    {
        if (values.Length < 2) return (double.NaN, double.NaN);
        RewardStatistics statistics = RewardStatistics.Of(values);
        double reach = StudentT.InvCDF(0, 1, values.Length - 1, 0.975) * statistics.StandardDeviation() / Math.Sqrt(values.Length);
        return (Math.Max(0, statistics.Mean - reach), Math.Min(1, statistics.Mean + reach));
    }
}
