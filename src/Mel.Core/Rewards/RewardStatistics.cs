namespace Mel.Rewards;

/// <summary>Mean and spread of a list of rewards, in float64 and from centered values. A reward of NaN (not judged) is left out.</summary>
/// <param name="Count">Rewards that are not NaN.</param>
/// <param name="Mean">Their mean; 0 when there is none.</param>
/// <param name="SumOfSquares">Sum of squared distances from the mean; exactly 0 when all rewards are equal.</param>
/// <param name="AllEqual">Whether all rewards are equal. They are compared before any arithmetic: the mean of 0.1 eight times is not exactly 0.1.</param>
public readonly record struct RewardStatistics(int Count, double Mean, double SumOfSquares, bool AllEqual)
{
    /// <summary>Computes the statistics.</summary>
    /// <param name="rewards">Any number of rewards, NaN where no judgement was possible.</param>
    public static RewardStatistics Of(IEnumerable<double> rewards)
    {
        double[] known = [.. rewards.Where(r => !double.IsNaN(r))];
        if (known.Length == 0) return new(0, 0, 0, true);
        if (known.AsSpan().IndexOfAnyExcept(known[0]) < 0) return new(known.Length, known[0], 0, true);
        double mean = known.Sum() / known.Length;
        return new(known.Length, mean, known.Sum(r => (r - mean) * (r - mean)), false);
    }

    /// <summary>Standard deviation.</summary>
    /// <param name="degreesOfFreedom">Subtracted from the count in the divisor; 1 for the sample's, 0 for the population's.</param>
    /// <returns>NaN when the divisor is not positive.</returns>
    public double StandardDeviation(int degreesOfFreedom = 1) => Count > degreesOfFreedom ? Math.Sqrt(SumOfSquares / (Count - degreesOfFreedom)) : double.NaN;
}
