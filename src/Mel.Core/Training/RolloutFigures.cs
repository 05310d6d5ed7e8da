using Mel.Diagnostics;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Training;

/// <summary>The figures of groups of trajectories: what they earned and how long they are. A figure of nothing is absent.</summary>
internal sealed class RolloutFigures(IReadOnlyList<RolloutGroup> groups)
{
    private readonly Trajectory[] _trajectories = [.. groups.SelectMany(g => g.Trajectories)];

    /// <summary>Adds the figures under their names, which may get something in front.</summary>
    public void AddTo(Dictionary<string, double> metrics, string prefix = "")
    {
        if (_trajectories.Length == 0) return;
        Rewards(metrics, prefix);
        Lengths(metrics, prefix);
    }

    private void Rewards(Dictionary<string, double> metrics, string prefix)
    {
        RewardStatistics all = RewardStatistics.Of(groups.SelectMany(g => g.Rewards));
        RewardStatistics[] each = [.. groups.Select(g => RewardStatistics.Of(g.Rewards)).Where(s => s.Count > 0)], spread = [.. each.Where(s => s.Count > 1)];
        int unverifiable = groups.Sum(g => g.Verdicts.Count(v => v == Verdict.Unverifiable)), judged = _trajectories.Length - unverifiable;
        metrics[prefix + MetricNames.FractionUnverifiable] = (double)unverifiable / _trajectories.Length;
        if (judged > 0) metrics[prefix + MetricNames.Accuracy] = (double)groups.Sum(g => g.Verdicts.Count(v => v == Verdict.Correct)) / judged;
        if (all.Count > 0) metrics[prefix + MetricNames.Reward] = all.Mean;
        if (all.Count > 1) metrics[prefix + MetricNames.RewardStd] = all.StandardDeviation();
        if (spread.Length > 0) metrics[prefix + MetricNames.GroupRewardStd] = spread.Average(s => s.StandardDeviation());
        if (each.Length > 0) metrics[prefix + MetricNames.FractionZeroStd] = each.Average(s => s.AllEqual ? 1.0 : 0.0);
        IEnumerable<RewardPart> parts = groups.SelectMany(g => g.Judgements).SelectMany(j => j.Parts);
        foreach (IGrouping<string, RewardPart> part in parts.GroupBy(p => p.Name, StringComparer.Ordinal))
        {
            RewardStatistics statistics = RewardStatistics.Of(part.Select(p => p.Value));
            string name = $"{prefix}{MetricNames.RewardPart}{part.Key}";
            if (statistics.Count > 0) metrics[$"{name}/mean"] = statistics.Mean;
            if (statistics.Count > 1) metrics[$"{name}/std"] = statistics.StandardDeviation();
        }
    }

    /// <summary>Lengths in tokens that the policy sampled; the output of a tool has no say in them.</summary>
    private void Lengths(Dictionary<string, double> metrics, string prefix)
    {
        metrics[prefix + MetricNames.MeanLength] = _trajectories.Average(t => t.TrainedTokens);
        metrics[prefix + MetricNames.MinLength] = _trajectories.Min(t => t.TrainedTokens);
        metrics[prefix + MetricNames.MaxLength] = _trajectories.Max(t => t.TrainedTokens);
        metrics[prefix + MetricNames.ClippedRatio] = _trajectories.Average(t => t.FinishReason == FinishReason.Length ? 1.0 : 0.0);
    }
}
