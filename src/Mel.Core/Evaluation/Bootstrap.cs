using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>
/// Confidence intervals of a mean by the bootstrap (Efron, 1979): questions are drawn with replacement, as many as there are, many times over; the quantiles of
/// the means are the interval. One seed gives one interval.
/// </summary>
public static class Bootstrap
{
    /// <summary>Resamples where a caller does not say.</summary>
    public const int Resamples = 10_000;

    /// <summary>Percentile interval of the mean: the quantiles (1 - level) / 2 and (1 + level) / 2, interpolated linearly.</summary>
    /// <param name="values">A value per question. With fewer than two the interval is NaN.</param>
    /// <param name="level">Probability that the interval holds the true mean, in (0, 1).</param>
    /// <param name="resamples">How often the questions are drawn, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static (double Low, double High) Percentile(IReadOnlyList<double> values, double level = 0.95, int resamples = Resamples, ulong seed = 0)
        => PercentileOfAverage([values], level, resamples, seed);

    /// <summary>Percentile interval of the average of several means, each of a set that is resampled by itself.</summary>
    /// <param name="sets">The values of each set; at least one set. With fewer than two values in a set the interval is NaN.</param>
    /// <param name="level">Probability that the interval holds the true average, in (0, 1).</param>
    /// <param name="resamples">How often the questions are drawn, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static (double Low, double High) PercentileOfAverage(
        IReadOnlyList<IReadOnlyList<double>> sets, double level = 0.95, int resamples = Resamples, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentOutOfRangeException.ThrowIfZero(sets.Count, nameof(sets));
        ConfidenceInterval.RequireLevel(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (sets.Any(values => values.Count < 2)) return (double.NaN, double.NaN);
        double[] means = Means(sets, resamples, seed);
        return (Quantile(means, (1 - level) / 2), Quantile(means, (1 + level) / 2));
    }

    /// <summary>
    /// Interval of the mean, corrected for bias and skewness (BCa; Efron, Better Bootstrap Confidence Intervals, 1987): quantiles at
    /// Φ(z0 + (z0 ± z) / (1 - a (z0 ± z))). z0 says how many resampled means are below the mean, and a how skewed the means are that leave out one value.
    /// </summary>
    /// <param name="values">A value per question. With fewer than two the interval is NaN; where all are equal it is that value.</param>
    /// <param name="level">Probability that the interval holds the true mean, in (0, 1).</param>
    /// <param name="resamples">How often the questions are drawn, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static (double Low, double High) BiasCorrected(IReadOnlyList<double> values, double level = 0.95, int resamples = Resamples, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(values);
        ConfidenceInterval.RequireLevel(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (values.Count < 2) return (double.NaN, double.NaN);
        if (values.All(v => v == values[0])) return (values[0], values[0]);
        double[] means = Means([values], resamples, seed);
        double mean = values.Average();
        double below = (means.Count(m => m < mean) + (0.5 * means.Count(m => m == mean))) / means.Length;
        double bias = Normal.InvCDF(0, 1, below), reach = Normal.InvCDF(0, 1, (1 + level) / 2);
        // Without value i the mean moves by (mean - value) / (n - 1); the divisor cancels.
        double squares = values.Sum(v => (v - mean) * (v - mean)), cubes = values.Sum(v => Math.Pow(v - mean, 3));
        double acceleration = cubes / (6 * Math.Pow(squares, 1.5));
        return (Quantile(means, Moved(bias - reach)), Quantile(means, Moved(bias + reach)));

        double Moved(double z) => Normal.CDF(0, 1, bias + (z / (1 - (acceleration * z))));
    }

    private static double[] Means(IReadOnlyList<IReadOnlyList<double>> sets, int resamples, ulong seed)
    {
        double[] means = new double[resamples];
        foreach ((int set, IReadOnlyList<double> given) in sets.Index())
        {
            double[] values = [.. given];
            SplitMix64 random = new(SplitMix64.Derive(seed, (ulong)set));
            for (int i = 0; i < resamples; i++)
            {
                double sum = 0;
                for (int j = 0; j < values.Length; j++) sum += values[random.Next(values.Length)];
                means[i] += sum / values.Length / sets.Count;
            }
        }

        Array.Sort(means);
        return means;
    }

    private static double Quantile(double[] sorted, double probability) => SortedArrayStatistics.QuantileCustom(sorted, probability, QuantileDefinition.R7);
}
