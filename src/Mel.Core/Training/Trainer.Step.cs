using Mel.Rewards;
using Mel.Runtime;
using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Training;

public sealed partial class Trainer
{
    private const ulong RolloutStream = 1;
    private const ulong ExperienceStream = 2;

    private async Task<(StepReport Report, TrainingState State)> StepAsync(IPromptSource prompts, AdamW optimizer, TrainingState state, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        int step = state.Step + 1;
        Collection collected = await CollectAsync(prompts, step, state.Position, cancellationToken).ConfigureAwait(false);
        long referenceStart = _time.GetTimestamp();
        IReadOnlyList<RolloutGroup> groups = _reference is null
            ? collected.Groups
            : ReferenceScores.AddTo(collected.Groups, _reference, _options.MicroBatchTokens, _options.Sampling.Temperature);
        TimeSpan updateTime = _time.GetElapsedTime(referenceStart);

        ExtractionResult experiences = _experiences is null || groups.Count == 0
            ? ExtractionResult.Empty
            : await _experiences.ExtractAsync(groups, SplitMix64.Derive(_options.Seed, ExperienceStream, (ulong)step), cancellationToken).ConfigureAwait(false);
        if (_experiences is not null) Log.Experiences(_logger, step, experiences.Retained.Count, experiences.Candidates, experiences.Pairs);
        cancellationToken.ThrowIfCancellationRequested();

        long updateStart = _time.GetTimestamp();
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = _advantages.Estimate(groups);
        UpdateReport update = Update(step, groups, advantages, experiences.Retained, optimizer, state.Updates);
        updateTime += _time.GetElapsedTime(updateStart);

        long sampled = collected.Tokens + experiences.ExtractionTokens + experiences.ReplayTokens;
        TrainingState next = new(step, collected.Position, state.Updates + update.Updates, state.Tokens + sampled);
        StepTiming timing = new(collected.RolloutTime, collected.VerifyTime, experiences.ExtractionDuration, experiences.ReplayDuration, updateTime, _time.GetElapsedTime(start));
        StepMetrics metrics = new(groups, experiences, update, timing, sampled, next.Tokens, collected.Evicted, _experiences is not null);
        if (metrics.Unverifiable > 0) Log.Unverifiable(_logger, step, metrics.Unverifiable, groups.Sum(g => g.Trajectories.Count));
        StepReport report = new()
        {
            Step = step,
            Steps = _options.Steps,
            Metrics = metrics.ToDictionary(),
            Timing = timing,
            Terms = update.Terms,
            HasSignal = update.HasSignal,
            Groups = groups,
            Experiences = experiences,
            SampledTokens = sampled,
        };
        if (!update.HasSignal && !update.IsNonFinite) Log.NoGradientSignal(_logger, step, report.Reward);
        return (report, next);
    }

    /// <summary>Rollouts and verdicts of one step; groups that the filter rejects are replaced while refills last.</summary>
    private async Task<Collection> CollectAsync(IPromptSource source, int step, long position, CancellationToken cancellationToken)
    {
        List<RolloutGroup> kept = [];
        TimeSpan rollout = TimeSpan.Zero, verify = TimeSpan.Zero;
        long tokens = 0;
        int evicted = 0;
        for (int refill = 0; kept.Count < _options.PromptsPerStep && refill <= (_filter is null ? 0 : _options.MaxRefills); refill++)
        {
            int wanted = _options.PromptsPerStep - kept.Count;
            IReadOnlyList<Prompt> prompts = await source.TakeAsync(position, wanted, cancellationToken).ConfigureAwait(false);
            List<SamplingRequest> requests = [];
            for (int i = 0; i < prompts.Count; i++)
            {
                ReadOnlyMemory<int> encoded = _sampler.Encode(prompts[i].Text);
                if (encoded.Length >= _sampler.ContextTokens) throw new PromptTooLongException($"The prompt '{prompts[i].Id}'", encoded.Length, _sampler.ContextTokens);
                requests.Add(new SamplingRequest(encoded, _options.GroupSize, SplitMix64.Derive(_options.Seed, RolloutStream, (ulong)(position + i))));
            }

            long sampleStart = _time.GetTimestamp();
            IReadOnlyList<IReadOnlyList<Trajectory>> trajectories = await _sampler.SampleAsync(requests, _options.Sampling, cancellationToken).ConfigureAwait(false);
            rollout += _time.GetElapsedTime(sampleStart);
            tokens += trajectories.Sum(group => group.Sum(t => (long)t.TokenIds.Length));

            long verifyStart = _time.GetTimestamp();
            IReadOnlyList<Verdict[]> verdicts = await VerifyAsync(prompts, trajectories, cancellationToken).ConfigureAwait(false);
            verify += _time.GetElapsedTime(verifyStart);
            for (int i = 0; i < prompts.Count; i++)
            {
                RolloutGroup group = new(prompts[i], requests[i].PromptTokenIds, trajectories[i], verdicts[i]);
                if (_shaper is not null) group = _shaper.Shape(group);
                if (_filter is null || _filter.Keep(group)) kept.Add(group);
                else evicted++;
            }

            position += prompts.Count;
        }

        if (kept.Count < _options.PromptsPerStep) Log.FewGroups(_logger, step, _options.MaxRefills, kept.Count, _options.PromptsPerStep);
        return new Collection(kept, position, tokens, evicted, rollout, verify);
    }

    private async Task<IReadOnlyList<Verdict[]>> VerifyAsync(IReadOnlyList<Prompt> prompts, IReadOnlyList<IReadOnlyList<Trajectory>> trajectories, CancellationToken cancellationToken)
    {
        Verdict[][] verdicts = [.. trajectories.Select(group => new Verdict[group.Count])];
        IEnumerable<(int Group, int Index)> all = trajectories.SelectMany((group, g) => Enumerable.Range(0, group.Count).Select(i => (g, i)));
        ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForEachAsync(all, parallel, async (at, token) =>
            verdicts[at.Group][at.Index] = await _verifier.VerifyAsync(prompts[at.Group], trajectories[at.Group][at.Index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return verdicts;
    }

    private sealed record Collection(IReadOnlyList<RolloutGroup> Groups, long Position, long Tokens, int Evicted, TimeSpan RolloutTime, TimeSpan VerifyTime);
}
