using MathNet.Numerics.Distributions;
using Mel.Rewards;

namespace Mel.Evaluation;

/// <summary>Intervals that hold the true value with a stated probability, by formula. <see cref="Bootstrap"/> makes them by resampling.</summary>
public static class ConfidenceInterval
{
    /// <summary>
    /// Interval of a proportion from the score test (Wilson, 1927): (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with p = successes / n. It
    /// holds the true value with about the stated probability.
    /// </summary>
    /// <param name="successes">Trials that succeeded.</param>
    /// <param name="trials">n: all trials. With none the interval is NaN.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    public static (double Low, double High) Wilson(int successes, int trials, double level = 0.95)
    {
        if (!Any(successes, trials, level)) return (double.NaN, double.NaN);
        double z = Normal.InvCDF(0, 1, (1 + level) / 2), z2 = z * z / trials, p = (double)successes / trials;
        double middle = (p + (z2 / 2)) / (1 + z2), reach = z * Math.Sqrt((p * (1 - p) / trials) + (z2 / (4 * trials))) / (1 + z2);
        return (successes == 0 ? 0 : middle - reach, successes == trials ? 1 : middle + reach);
    }

    /// <summary>
    /// Exact interval of a proportion (Clopper and Pearson, 1934): quantiles of the beta distributions B(s, n - s + 1) and B(s + 1, n - s). It holds the true
    /// value with at least the stated probability.
    /// </summary>
    /// <param name="successes">s: trials that succeeded.</param>
    /// <param name="trials">n: all trials. With none the interval is NaN.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    public static (double Low, double High) ClopperPearson(int successes, int trials, double level = 0.95)
    {
        if (!Any(successes, trials, level)) return (double.NaN, double.NaN);
        double tail = (1 - level) / 2;
        double low = successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, tail);
        double high = successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 1 - tail);
        return (low, high);
    }

    /// <summary>Interval of a mean of values that are about normal (Student, 1908): mean ± t s / √n, with n - 1 degrees of freedom.</summary>
    /// <param name="values">The values. With fewer than two the interval is NaN.</param>
    /// <param name="level">The probability, in (0, 1).</param>
    public static (double Low, double High) Student(IReadOnlyList<double> values, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireLevel(level);
        if (values.Count < 2) return (double.NaN, double.NaN);
        RewardStatistics statistics = RewardStatistics.Of(values);
        double reach = StudentT.InvCDF(0, 1, values.Count - 1, (1 + level) / 2) * statistics.StandardDeviation() / Math.Sqrt(values.Count);
        return (statistics.Mean - reach, statistics.Mean + reach);
    }

    internal static void RequireLevel(double level)
    {
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "The level is a probability within (0, 1); give 0.95 for a 95 % interval.");
    }

    private static bool Any(int successes, int trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        RequireLevel(level);
        return trials > 0;
    }
}
