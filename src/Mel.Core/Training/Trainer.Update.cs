using Mel.Rewards;
using Mel.Runtime;
using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using static TorchSharp.torch;

namespace Mel.Training;

public sealed partial class Trainer
{
    /// <summary>The synchronous half of a step: everything that holds a tensor, from the first to the last on one thread.</summary>
    private UpdateReport Update(
        int step, IReadOnlyList<RolloutGroup> groups, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<MetaExperience> experiences, AdamW optimizer, long updates)
    {
        UpdateReport report = new();
        ILookup<RolloutGroup, MetaExperience> byGroup = experiences.ToLookup<MetaExperience, RolloutGroup>(e => e.Pair.Group, ReferenceEqualityComparer.Instance);
        if (byGroup.FirstOrDefault(own => !groups.Contains(own.Key, ReferenceEqualityComparer.Instance)) is { } stray)
        {
            throw new InvalidOperationException(
                $"{stray.Count()} experiences belong to a group of prompt '{stray.Key.Prompt.Id}' that is not one of the {groups.Count} groups the extractor was given, so they could not be internalized; an extractor must keep the very groups it receives in {nameof(MetaExperience)}.{nameof(MetaExperience.Pair)}.");
        }

        // A step whose groups were all filtered out is one empty batch: it reports the same figures as any other.
        int total = Math.Max(1, groups.Count), size = _options.MiniBatchPrompts == 0 ? total : _options.MiniBatchPrompts;
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            for (int first = 0; first < total; first += size)
            {
                int count = Math.Min(size, groups.Count - first);
                RolloutGroup[] own = [.. groups.Skip(first).Take(count)];
                TrainingBatch batch = TrainingBatch.Create(own, [.. advantages.Skip(first).Take(count)], [.. own.SelectMany(g => byGroup[g])], _options.Sampling.Temperature);
                UpdateOn(step, batch, optimizer, LearningRate(updates + report.Updates), report);
            }
        }

        NativeHeap.Settle();
        return report;
    }

    private void UpdateOn(int step, TrainingBatch batch, AdamW optimizer, double learningRate, UpdateReport report)
    {
        using var scope = NewDisposeScope();
        using TermGradients gradients = new(_policy.Parameters);
        foreach (TrainingBatch part in batch.Split(_options.MicroBatchTokens))
        {
            using var partScope = NewDisposeScope();
            ObjectiveResult result = _objective.Evaluate(_policy, part);
            gradients.Add(result);
            report.Add(result.Metrics);
        }

        IReadOnlyList<TermReport> terms = gradients.Combine();
        double norm = gradients.TotalNorm();
        report.Add(terms, norm, learningRate);
        if (norm == 0) return;
        if (!double.IsFinite(norm))
        {
            Log.NonFiniteGradient(_logger, step, norm);
            report.IsNonFinite = true;
            return;
        }

        double limit = _options.Optimizer.MaxGradientNorm;
        optimizer.Step(learningRate, limit > 0 && norm > limit ? limit / norm : 1.0);
        report.HasSignal = true;
    }

    private double LearningRate(long update)
    {
        OptimizerOptions optimizer = _options.Optimizer;
        if (update < optimizer.WarmupSteps) return optimizer.LearningRate * (update + 1) / optimizer.WarmupSteps;
        int miniBatches = _options.MiniBatchPrompts == 0 ? 1 : (_options.PromptsPerStep + _options.MiniBatchPrompts - 1) / _options.MiniBatchPrompts;
        double total = Math.Max(1, ((double)_options.Steps * _options.Epochs * miniBatches) - optimizer.WarmupSteps);
        double done = Math.Min(1, (update - optimizer.WarmupSteps) / total);
        return optimizer.LearningRate * optimizer.Schedule switch
        {
            LearningRateSchedule.Linear => 1 - done,
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => 1.0,
        };
    }
}
