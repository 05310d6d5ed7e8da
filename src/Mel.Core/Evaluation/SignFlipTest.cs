using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>
/// A permutation test of paired differences (Fisher, The Design of Experiments, 1935). If two models were equally good, each difference might as well have had
/// the other sign; the p-value says how many of all choices of signs give a sum at least as far from 0 as the one that was found.
/// </summary>
/// <remarks>
/// A difference of 0 has no sign and changes nothing. With up to 20 others all choices are tried, and the p-value is exact; for differences of 1 and -1 it is
/// that of McNemar's exact test. With more, choices are drawn with a seed, and the one that was found counts as one of them, so that no p-value is 0.
/// </remarks>
public sealed class SignFlipTest
{
    private const int MostExact = 20;

    private SignFlipTest(double twoSided, double greater, bool isExact) => (TwoSided, Greater, IsExact) = (twoSided, greater, isExact);

    /// <summary>Chance, without any true difference, of a mean at least as far from 0 as the one that was found.</summary>
    public double TwoSided { get; }

    /// <summary>Chance, without any true difference, of a mean at least as large as the one that was found.</summary>
    public double Greater { get; }

    /// <summary>Whether all choices of signs were tried; otherwise choices were drawn.</summary>
    public bool IsExact { get; }

    /// <summary>Tests differences.</summary>
    /// <param name="differences">The difference of each question.</param>
    /// <param name="draws">Choices of signs where not all are tried, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static SignFlipTest Of(IReadOnlyList<double> differences, int draws = 100_000, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(differences);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        double[] sizes = [.. differences.Where(d => d != 0).Select(Math.Abs)];
        double found = differences.Sum();
        bool isExact = sizes.Length <= MostExact;
        double[] sums = isExact ? All(sizes) : Drawn(sizes, draws, seed);
        // Sums that are equal but for the order of their additions are equal.
        double rounding = 1e-12 * sizes.Sum();
        double far = sums.Count(s => Math.Abs(s) >= Math.Abs(found) - rounding), large = sums.Count(s => s >= found - rounding);
        return isExact
            ? new SignFlipTest(far / sums.Length, large / sums.Length, true)
            : new SignFlipTest((far + 1) / (draws + 1), (large + 1) / (draws + 1), false);
    }

    private static double[] All(double[] sizes)
    {
        double[] sums = new double[1 << sizes.Length];
        int count = 1;
        foreach (double size in sizes)
        {
            for (int i = 0; i < count; i++) (sums[i], sums[count + i]) = (sums[i] - size, sums[i] + size);
            count *= 2;
        }

        return sums;
    }

    private static double[] Drawn(double[] sizes, int draws, ulong seed)
    {
        double[] sums = new double[draws];
        SplitMix64 random = new(seed);
        for (int i = 0; i < draws; i++)
        {
            ulong signs = 0;
            for (int j = 0; j < sizes.Length; j++, signs >>= 1)
            {
                if (j % 64 == 0) signs = random.Next();
                sums[i] += (signs & 1) == 0 ? sizes[j] : -sizes[j];
            }
        }

        return sums;
    }
}
