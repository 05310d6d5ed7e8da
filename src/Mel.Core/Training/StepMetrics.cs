using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Training;

/// <summary>Computes the named figures of a step.</summary>
internal sealed class StepMetrics(IReadOnlyList<RolloutGroup> groups, ExtractionResult? experiences, UpdateReport update, StepTiming timing, StepCounts counts)
{
    private readonly IReadOnlyList<Trajectory> _trajectories = [.. groups.SelectMany(g => g.Trajectories)];

    public Dictionary<string, double> ToDictionary()
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        Rewards(metrics);
        Lengths(metrics);
        metrics[MetricNames.Loss] = update.Terms.Sum(t => t.Loss * t.Factor);
        metrics[MetricNames.GradientNorm] = update.GradientNorm;
        metrics[MetricNames.LearningRate] = update.LearningRate;
        foreach (TermReport term in update.Terms)
        {
            if (!double.IsNaN(term.GradientNorm)) metrics[MetricNames.TermGradientNorm + term.Name] = term.GradientNorm;
            metrics[MetricNames.TermFactor + term.Name] = term.Factor;
        }

        foreach ((string name, double value) in update.Metrics) metrics[name] = value;
        if (experiences is not null) Experiences(metrics, experiences);
        metrics[MetricNames.FilteredGroups] = counts.Evicted;
        metrics[MetricNames.SkippedTooLong] = counts.SkippedTooLong;
        metrics[MetricNames.VerifierFailures] = counts.VerifierFailures;
        metrics[MetricNames.Tokens] = counts.TotalTokens;
        metrics[MetricNames.StepTime] = timing.Total.TotalSeconds;
        metrics[MetricNames.Throughput] = timing.Total > TimeSpan.Zero ? counts.SampledTokens / timing.Total.TotalSeconds : 0;
        metrics[MetricNames.RolloutTime] = timing.Rollout.TotalSeconds;
        metrics[MetricNames.VerifyTime] = timing.Verify.TotalSeconds;
        metrics[MetricNames.ExtractionTime] = timing.Extraction.TotalSeconds;
        metrics[MetricNames.ReplayTime] = timing.Replay.TotalSeconds;
        metrics[MetricNames.UpdateTime] = timing.Update.TotalSeconds;
        return metrics;
    }

    private void Rewards(Dictionary<string, double> metrics)
    {
        RewardStatistics all = RewardStatistics.Of(groups.SelectMany(g => g.Rewards));
        RewardStatistics[] each = [.. groups.Select(g => RewardStatistics.Of(g.Rewards)).Where(s => s.Count > 0)];
        metrics[MetricNames.Reward] = all.Mean;
        metrics[MetricNames.RewardStd] = each.Length == 0 ? 0 : each.Average(s => s.Count < 2 ? 0 : s.StandardDeviation());
        metrics[MetricNames.FractionZeroStd] = each.Length == 0 ? 1 : each.Average(s => s.AllEqual ? 1.0 : 0.0);
        metrics[MetricNames.FractionUnverifiable] = _trajectories.Count == 0
            ? 0
            : (double)groups.Sum(g => g.Verdicts.Count(v => v == Verdict.Unverifiable)) / _trajectories.Count;
        IEnumerable<RewardPart> parts = groups.SelectMany(g => g.Judgements).SelectMany(j => j.Parts);
        foreach (IGrouping<string, RewardPart> part in parts.GroupBy(p => p.Name, StringComparer.Ordinal))
        {
            RewardStatistics statistics = RewardStatistics.Of(part.Select(p => p.Value));
            metrics[$"{MetricNames.RewardPart}{part.Key}/mean"] = statistics.Mean;
            metrics[$"{MetricNames.RewardPart}{part.Key}/std"] = statistics.Count < 2 ? 0 : statistics.StandardDeviation();
        }
    }

    private void Lengths(Dictionary<string, double> metrics)
    {
        bool any = _trajectories.Count > 0;
        metrics[MetricNames.MeanLength] = any ? _trajectories.Average(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.MinLength] = any ? _trajectories.Min(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.MaxLength] = any ? _trajectories.Max(t => t.TokenIds.Length) : double.NaN;
        metrics[MetricNames.ClippedRatio] = any ? _trajectories.Average(t => t.FinishReason == FinishReason.Length ? 1.0 : 0.0) : double.NaN;
        long[] ages = [.. _trajectories.Where(t => t.WeightVersion is not null).Select(t => counts.Updates - t.WeightVersion!.Value)];
        if (ages.Length > 0) metrics[MetricNames.Staleness] = ages.Average();
    }

    private static void Experiences(Dictionary<string, double> metrics, ExtractionResult experiences)
    {
        metrics[MetricNames.MelPairs] = experiences.Pairs;
        metrics[MetricNames.MelCandidates] = experiences.Candidates;
        metrics[MetricNames.MelWellFormed] = experiences.Candidates == 0 ? 0 : (double)experiences.WellFormed / experiences.Candidates;
        metrics[MetricNames.MelRetained] = experiences.Retained.Count;
        metrics[MetricNames.MelRetention] = experiences.Retention;
        metrics[MetricNames.MelQueries] = experiences.Retained.Select(e => e.Pair.Group.Prompt.Id).Distinct(StringComparer.Ordinal).Count();
        metrics[MetricNames.MelSkippedTooLong] = experiences.Dropped.Count(d => d.Reason is DropReason.ContextTooLong or DropReason.ReplayTooLong);
        metrics.TryAdd(MetricNames.MelTokens, 0);
        metrics.TryAdd(MetricNames.MelNll, 0);
    }
}

/// <summary>Counts of a step.</summary>
/// <param name="SampledTokens">Tokens sampled in the step.</param>
/// <param name="TotalTokens">Tokens sampled since the beginning of the run.</param>
/// <param name="Evicted">Groups that the filter rejected.</param>
/// <param name="Updates">Optimizer updates before the step.</param>
/// <param name="SkippedTooLong">Prompts that left no room for a response.</param>
/// <param name="VerifierFailures">Judgements that failed and count as not judged.</param>
internal sealed record StepCounts(long SampledTokens, long TotalTokens, int Evicted, long Updates, int SkippedTooLong, int VerifierFailures);
