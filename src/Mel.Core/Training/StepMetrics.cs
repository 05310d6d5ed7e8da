using System.Text.Json;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Training;

/// <summary>Computes the named figures of a step. A figure of something that did not occur in the step is absent.</summary>
/// <param name="rollouts">What was sampled, before further attempts joined.</param>
/// <param name="groups">The groups that trained, with the attempts that joined and the log-probabilities that were computed.</param>
/// <param name="experiences">What was extracted; null where the run has no extractor.</param>
/// <param name="update">The updates of the step.</param>
/// <param name="timing">How long each stage took.</param>
/// <param name="counts">Counts of the step and of the run.</param>
internal sealed class StepMetrics(
    StepRollouts rollouts, IReadOnlyList<RolloutGroup> groups, ExtractionResult? experiences, UpdateReport update, StepTiming timing, StepCounts counts)
{
    public Dictionary<string, double> ToDictionary()
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        IReadOnlyList<RolloutGroup> sampled = [.. rollouts.Kept, .. rollouts.Evicted];
        new RolloutFigures(sampled).AddTo(metrics);
        if (rollouts.AreFiltered) new RolloutFigures(rollouts.Kept).AddTo(metrics, MetricNames.Kept);
        metrics[MetricNames.FilteredGroups] = rollouts.Evicted.Count;
        Staleness(metrics, sampled);
        metrics[MetricNames.Loss] = update.Terms.Sum(t => t.Loss * t.Factor);
        metrics[MetricNames.GradientNorm] = update.GradientNorm;
        metrics[MetricNames.LearningRate] = update.LearningRate;
        foreach (TermReport term in update.Terms)
        {
            if (!double.IsNaN(term.GradientNorm)) metrics[MetricNames.TermGradientNorm + term.Name] = term.GradientNorm;
            metrics[MetricNames.TermFactor + term.Name] = term.Factor;
        }

        foreach ((string name, double value) in update.Metrics) metrics[name] = value;
        if (!metrics.ContainsKey(MetricNames.Kl)) Divergence(metrics);
        if (experiences is not null) Experiences(metrics, experiences);
        metrics[MetricNames.SkippedTooLong] = counts.SkippedTooLong;
        metrics[MetricNames.VerifierFailures] = counts.VerifierFailures;
        Times(metrics);
        return metrics;
    }

    private void Staleness(Dictionary<string, double> metrics, IReadOnlyList<RolloutGroup> sampled)
    {
        long[] ages =
        [
            .. sampled.SelectMany(g => g.Trajectories).Where(t => t.WeightVersion is not null).Select(t => counts.Updates - t.WeightVersion!.Value),
        ];
        if (ages.Length > 0) metrics[MetricNames.Staleness] = ages.Average();
    }

    /// <summary>The divergence of the policy that sampled from the reference (k3), for a run that has a reference and no divergence in its loss.</summary>
    private void Divergence(Dictionary<string, double> metrics)
    {
        const double most = 20;     // nats, as in the loss
        double sum = 0;
        long tokens = 0;
        foreach (Trajectory trajectory in groups.SelectMany(g => g.Trajectories).Where(t => !t.ReferenceLogProbs.IsEmpty))
        {
            ReadOnlySpan<float> policy = trajectory.OldLogProbs.Span, reference = trajectory.ReferenceLogProbs.Span;
            for (int t = 0; t < policy.Length; t++)
            {
                if (!trajectory.Trains(t)) continue;
                double d = Math.Clamp((double)reference[t] - policy[t], -most, most);
                sum += Math.Exp(d) - d - 1;
                tokens++;
            }
        }

        if (tokens > 0) metrics[MetricNames.Kl] = sum / tokens;
    }

    private static void Experiences(Dictionary<string, double> metrics, ExtractionResult experiences)
    {
        metrics[MetricNames.MelPairs] = experiences.Pairs;
        metrics[MetricNames.MelCandidates] = experiences.Candidates;
        if (experiences.Candidates > 0) metrics[MetricNames.MelWellFormed] = (double)experiences.WellFormed / experiences.Candidates;
        metrics[MetricNames.MelRetained] = experiences.Retained.Count;
        if (experiences.WellFormed > 0) metrics[MetricNames.MelRetention] = experiences.Retention;
        metrics[MetricNames.MelQueries] = experiences.Retained.Select(e => e.Pair.GroupIndex).Distinct().Count();
        foreach (DropReason reason in Enum.GetValues<DropReason>())
            metrics[MetricNames.MelDropped + JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())] = experiences.DroppedFor(reason);
        metrics[MetricNames.MelSkippedTooLong] = experiences.DroppedFor(DropReason.ContextTooLong) + experiences.DroppedFor(DropReason.ReplayTooLong);
        metrics.TryAdd(MetricNames.MelTokens, 0);
        foreach ((string name, double value) in experiences.Figures) metrics.TryAdd(name, value);
    }

    private void Times(Dictionary<string, double> metrics)
    {
        metrics[MetricNames.Tokens] = counts.TotalTokens;
        metrics[MetricNames.StepTime] = timing.Total.TotalSeconds;
        if (timing.Total > TimeSpan.Zero) metrics[MetricNames.Throughput] = counts.SampledTokens / timing.Total.TotalSeconds;
        metrics[MetricNames.RolloutTime] = timing.Rollout.TotalSeconds;
        metrics[MetricNames.VerifyTime] = timing.Verify.TotalSeconds;
        metrics[MetricNames.ExtractionTime] = timing.Extraction.TotalSeconds;
        metrics[MetricNames.ReplayTime] = timing.Replay.TotalSeconds;
        metrics[MetricNames.UpdateTime] = timing.Update.TotalSeconds;
    }
}

/// <summary>The groups that were sampled in a step.</summary>
/// <param name="Kept">Those that train.</param>
/// <param name="Evicted">Those that the filter rejected.</param>
/// <param name="AreFiltered">Whether the run has a filter.</param>
internal sealed record StepRollouts(IReadOnlyList<RolloutGroup> Kept, IReadOnlyList<RolloutGroup> Evicted, bool AreFiltered);

/// <summary>Counts of a step.</summary>
/// <param name="SampledTokens">Tokens sampled in the step.</param>
/// <param name="TotalTokens">Tokens sampled since the beginning of the run.</param>
/// <param name="Updates">Optimizer updates before the step.</param>
/// <param name="SkippedTooLong">Prompts that left no room for a response.</param>
/// <param name="VerifierFailures">Judgements that failed and count as not judged.</param>
internal sealed record StepCounts(long SampledTokens, long TotalTokens, long Updates, int SkippedTooLong, int VerifierFailures);
