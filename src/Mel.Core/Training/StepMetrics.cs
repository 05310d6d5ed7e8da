using Mel.Rewards;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Training;

/// <summary>Turns what happened in a step into named figures.</summary>
internal sealed class StepMetrics(
    IReadOnlyList<RolloutGroup> groups, ExtractionResult experiences, UpdateReport update, StepTiming timing, long sampledTokens, long totalTokens, int evicted, bool extracts)
{
    private readonly IReadOnlyList<Trajectory> _trajectories = [.. groups.SelectMany(g => g.Trajectories)];

    public int Unverifiable => groups.Sum(g => g.Verdicts.Count(v => v == Verdict.Unverifiable));

    public IReadOnlyDictionary<string, double> ToDictionary()
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        Rewards(metrics);
        Lengths(metrics);
        metrics[MetricNames.Loss] = update.Terms.Sum(t => t.Loss * t.Factor);
        metrics[MetricNames.GradientNorm] = update.GradientNorm;
        metrics[MetricNames.LearningRate] = update.LearningRate;
        foreach (TermReport term in update.Terms)
        {
            metrics[MetricNames.TermGradientNorm + term.Name] = term.GradientNorm;
            metrics[MetricNames.TermFactor + term.Name] = term.Factor;
        }

        foreach ((string name, double value) in update.Metrics) metrics[name] = value;
        if (extracts) Experiences(metrics);
        metrics[MetricNames.FilteredGroups] = evicted;
        metrics[MetricNames.Tokens] = totalTokens;
        metrics[MetricNames.StepTime] = timing.Total.TotalSeconds;
        metrics[MetricNames.Throughput] = timing.Total > TimeSpan.Zero ? sampledTokens / timing.Total.TotalSeconds : 0;
        metrics[MetricNames.RolloutTime] = timing.Rollout.TotalSeconds;
        metrics[MetricNames.VerifyTime] = timing.Verify.TotalSeconds;
        metrics[MetricNames.ExtractionTime] = timing.Extraction.TotalSeconds;
        metrics[MetricNames.ReplayTime] = timing.Replay.TotalSeconds;
        metrics[MetricNames.UpdateTime] = timing.Update.TotalSeconds;
        return metrics;
    }

    private void Rewards(Dictionary<string, double> metrics)
    {
        double[][] rewards = [.. groups.Select(g => g.Rewards.Where(r => !double.IsNaN(r)).ToArray()).Where(r => r.Length > 0)];
        double[] all = [.. rewards.SelectMany(r => r)];
        metrics[MetricNames.Reward] = all.Length == 0 ? 0 : all.Average();
        metrics[MetricNames.RewardStd] = rewards.Length == 0 ? 0 : rewards.Average(StandardDeviation);
        metrics[MetricNames.FractionZeroStd] = rewards.Length == 0 ? 1 : rewards.Average(r => r.Max() == r.Min() ? 1.0 : 0.0);
        metrics[MetricNames.FractionUnverifiable] = _trajectories.Count == 0 ? 0 : (double)Unverifiable / _trajectories.Count;
    }

    private void Lengths(Dictionary<string, double> metrics)
    {
        bool any = _trajectories.Count > 0;
        metrics[MetricNames.MeanLength] = any ? _trajectories.Average(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.MinLength] = any ? _trajectories.Min(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.MaxLength] = any ? _trajectories.Max(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.ClippedRatio] = any ? _trajectories.Average(t => t.FinishReason == FinishReason.Length ? 1.0 : 0.0) : double.NaN;
    }

    private void Experiences(Dictionary<string, double> metrics)
    {
        metrics[MetricNames.MelPairs] = experiences.Pairs;
        metrics[MetricNames.MelCandidates] = experiences.Candidates;
        metrics[MetricNames.MelWellFormed] = experiences.Candidates == 0 ? 0 : (double)experiences.WellFormed / experiences.Candidates;
        metrics[MetricNames.MelValidated] = experiences.Retained.Count;
        metrics[MetricNames.MelYield] = experiences.Retention;
        metrics[MetricNames.MelQueries] = experiences.Retained.Select(e => e.Pair.Group.Prompt.Id).Distinct(StringComparer.Ordinal).Count();
        metrics[MetricNames.MelSkippedTooLong] = experiences.Dropped.Count(d => d.Reason is DropReason.ContextTooLong or DropReason.ReplayTooLong);
        metrics.TryAdd(MetricNames.MelTokens, 0);
        metrics.TryAdd(MetricNames.MelNll, 0);
        metrics.TryAdd(MetricNames.MelGradientNorm, 0);
    }

    private static double StandardDeviation(double[] values)
    {
        if (values.Length < 2) return 0;
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }
}
