using Mel.Rewards;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Advantages;

/// <summary>
/// Advantages of several rewards (<see cref="WeightedVerifier"/>), each first normalized within its group, so that a reward of large numbers does not drown the
/// others; their weighted sum is then normalized over the batch (GDPO; TRL <c>normalize_then_sum</c>). Shaped rewards are not looked at.
/// </summary>
/// <param name="epsilon">Added to every standard deviation, in units of the reward; at least 0.</param>
public sealed class DecoupledAdvantage(double epsilon = 1e-4) : IAdvantageEstimator, IRunPart
{
    private readonly double _epsilon = epsilon >= 0 && double.IsFinite(epsilon)
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Must be a finite number of at least 0.");

    /// <inheritdoc/>
    public int MinimumGroupSize => 2;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        double[][] sums = [.. rollouts.Groups.Select(SumsOf)];
        RewardStatistics batch = RewardStatistics.Of(sums.SelectMany(s => s));
        return ValueTask.FromResult<IReadOnlyList<IReadOnlyList<Advantage>>>(
            [.. sums.Select(group => PerTrajectory.Map(group, sum => Normalized(sum, batch)))]);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set(nameof(epsilon), _epsilon);
    }

    private double[] SumsOf(RolloutGroup group)
    {
        int count = group.Judgements[0].Parts.Count;
        if (count == 0 || group.Judgements.Any(j => j.Parts.Count != count))
            throw new InvalidOperationException(
                $"The trajectories of prompt '{group.Prompt.Id}' do not all have the same several rewards; judge them with a {nameof(WeightedVerifier)}.");
        RewardStatistics[] each = [.. Enumerable.Range(0, count).Select(k => RewardStatistics.Of(group.Judgements.Select(j => j.Parts[k].Value)))];
        return [.. group.Judgements.Select(j => RewardPart.Sum([.. j.Parts.Select((part, k) => part with { Value = Normalized(part.Value, each[k]) })]))];
    }

    private double Normalized(double value, RewardStatistics population) => population.AllEqual
        ? value - population.Mean
        : (value - population.Mean) / (population.StandardDeviation() + _epsilon);
}
