using Mel.Rewards;
namespace Mel.Advantages;

/// <summary>Joins the rewards of several functions into one; NaN means that a function returned nothing for a sample.</summary>
public static class MultipleRewards
{
    /// <summary>Weighted sum; a missing reward counts as nothing, and a sample that no function judged stays NaN (TRL <c>sum_then_normalize</c>, its first half).</summary>
    /// <param name="rewards">For every sample, one reward per function.</param>
    /// <param name="weights">One per function; null for 1 each.</param>
    /// <returns>One reward per sample, for <see cref="Rewards.RolloutGroup.Rewards"/>.</returns>
    public static double[] WeightedSum(IReadOnlyList<IReadOnlyList<double>> rewards, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        return [.. rewards.Select(sample => sample.All(double.IsNaN)
            ? double.NaN
            : sample.Select((r, k) => double.IsNaN(r) ? 0 : r * Weight(sample, weights, k)).Sum())];
    }

    /// <summary>
    /// Advantages where each function is first normalized within its group, so that a function of large rewards does not drown the others; the weighted sum is
    /// then normalized over the batch (TRL <c>normalize_then_sum</c>, GDPO).
    /// </summary>
    /// <param name="rewards">For every sample, one reward per function; groups lie one after another.</param>
    /// <param name="groupSize">G, samples per group.</param>
    /// <param name="weights">One per function; null for 1 each.</param>
    /// <param name="epsilon">Added to every standard deviation.</param>
    /// <returns>One advantage per sample; NaN where no function judged it.</returns>
    public static double[] NormalizeThenSum(IReadOnlyList<IReadOnlyList<double>> rewards, int groupSize, IReadOnlyList<double>? weights = null, double epsilon = 1e-4)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        var normalized = new List<double[]>(rewards.Count);
        foreach (IReadOnlyList<double>[] group in rewards.Chunk(groupSize))
        {
            RewardStatistics[] perFunction = [.. Enumerable.Range(0, group[0].Count).Select(k => RewardStatistics.Of(group.Select(sample => sample[k])))];
            normalized.AddRange(group.Select(sample => sample.Select((r, k) => Normalized(r, perFunction[k], epsilon)).ToArray()));
        }
        double[] sums = WeightedSum(normalized, weights);
        RewardStatistics batch = RewardStatistics.Of(sums);
        return [.. sums.Select(a => Normalized(a, batch, epsilon))];
    }

    private static double Normalized(double value, RewardStatistics population, double epsilon) => population.AllEqual
        ? value - population.Mean
        : (value - population.Mean) / (population.StandardDeviation() + epsilon);

    private static double Weight(IReadOnlyList<double> sample, IReadOnlyList<double>? weights, int function)
    {
        if (weights is null) return 1;
        if (weights.Count != sample.Count) throw new ArgumentException($"There are {weights.Count} weights for {sample.Count} reward functions; give one each.", nameof(weights));
        return weights[function];
    }
}
