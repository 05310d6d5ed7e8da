using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Statistics of token returns over a whole batch, and the map x -> (x - Mean) * Scale that gives them mean 0 and variance 1.</summary>
/// <param name="Mean">mu over all tokens.</param>
/// <param name="Scale">1 / sigma; 0 when all values are equal, so that a batch without contrast has advantages of exactly 0.</param>
internal readonly record struct TokenWhitening(double Mean, double Scale)
{
    private const double Epsilon = 1e-8;

    /// <summary>Measures the values of a batch.</summary>
    /// <param name="values">The return of every token that counts; a trajectory weighs as much as it has tokens.</param>
    /// <param name="convention">How sigma is computed.</param>
    public static TokenWhitening Of(IReadOnlyList<double> values, WhiteningConvention convention)
    {
        RewardStatistics batch = RewardStatistics.Of(values);
        if (batch.AllEqual) return new(batch.Mean, 0);
        return new(batch.Mean, convention switch
        {
            WhiteningConvention.Unbiased => 1 / Math.Sqrt(batch.SumOfSquares / (batch.Count - 1) + Epsilon),
            WhiteningConvention.Population => 1 / Math.Sqrt(Math.Max(batch.SumOfSquares / batch.Count, Epsilon)),
            _ => 1,
        });
    }

    /// <summary>(x - Mean) * Scale.</summary>
    /// <param name="value">A return.</param>
    public double Apply(double value) => (value - Mean) * Scale;
}

/// <summary>How the standard deviation of REINFORCE++ is computed.</summary>
public enum WhiteningConvention
{
    /// <summary>sqrt(sum of squares / (n - 1) + 1e-8) (verl).</summary>
    Unbiased,

    /// <summary>sqrt(max(sum of squares / n, 1e-8)) (OpenRLHF).</summary>
    Population,

    /// <summary>The mean is subtracted and nothing is divided (OpenRLHF <c>no_std_norm</c>).</summary>
    MeanOnly,
}
