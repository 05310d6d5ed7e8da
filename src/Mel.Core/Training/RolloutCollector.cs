using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Runtime;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>Collects the rollouts of a step: samples, judges, shapes and filters. Groups that the filter rejects are replaced while refills last.</summary>
internal sealed class RolloutCollector(VerifiedRollouts rollouts, IRewardShaper? shaper, IGroupFilter? filter, TrainerOptions options, ILogger logger)
{
    private const ulong RolloutStream = 1;

    public async Task<CollectedRollouts> CollectAsync(IPromptSource source, int step, long position, CancellationToken cancellationToken)
    {
        List<RolloutGroup> kept = [], evicted = [];
        TimeSpan sampling = TimeSpan.Zero, verifying = TimeSpan.Zero;
        long tokens = 0;
        for (int refill = 0; kept.Count < options.PromptsPerStep && refill <= (filter is null ? 0 : options.MaxRefills); refill++)
        {
            IReadOnlyList<Prompt> prompts = await source.TakeAsync(position, options.PromptsPerStep - kept.Count, cancellationToken).ConfigureAwait(false);
            RolloutRequest[] requests = [.. prompts.Select((prompt, i) => rollouts.Request(prompt, options.GroupSize, SeedAt(position + i)))];
            VerifiedSample sample = await rollouts.SampleAsync(requests, options.Sampling, cancellationToken).ConfigureAwait(false);
            (sampling, verifying, tokens) = (sampling + sample.SampleDuration, verifying + sample.VerifyDuration, tokens + sample.Tokens);
            foreach (RolloutGroup judged in sample.Groups)
            {
                RolloutGroup group = shaper is null ? judged : shaper.Shape(judged);
                if (filter is null || filter.Keep(group)) kept.Add(group);
                else evicted.Add(group);
            }

            position += prompts.Count;
        }

        if (kept.Count < options.PromptsPerStep) Log.FewGroups(logger, step, options.MaxRefills, kept.Count, options.PromptsPerStep);
        return new CollectedRollouts(kept, position, tokens, evicted, sampling, verifying);
    }

    /// <summary>The same groups with the attempts that an extractor adds to them. Added attempts are shaped like the others.</summary>
    public IReadOnlyList<RolloutGroup> Join(IReadOnlyList<RolloutGroup> groups, IReadOnlyList<Experiences.JoiningTrajectory> joining)
    {
        if (joining.Count == 0) return groups;
        if (joining.FirstOrDefault(j => (uint)j.GroupIndex >= (uint)groups.Count) is { } stray)
            throw new InvalidOperationException(
                $"A trajectory wants to join group {stray.GroupIndex}, but the step has {groups.Count} groups, counted from 0.");
        ILookup<int, Experiences.JoiningTrajectory> byGroup = joining.ToLookup(j => j.GroupIndex);
        return
        [
            .. groups.Select((group, g) =>
            {
                if (!byGroup.Contains(g)) return group;
                RolloutGroup further = new(
                    group.Prompt, group.PromptTokenIds, [.. byGroup[g].Select(j => j.Trajectory)], [.. byGroup[g].Select(j => j.Judgement)])
                {
                    Sampling = group.Sampling,
                };
                if (shaper is not null) further = shaper.Shape(further);
                RolloutGroup joined = group.With(further.Trajectories, further.Judgements);
                return joined with { Rewards = [.. group.Rewards, .. further.Rewards] };
            }),
        ];
    }

    /// <summary>The seed of the prompt at a position of the source, whatever step takes it.</summary>
    private ulong SeedAt(long position) => SplitMix64.Derive(options.Seed, RolloutStream, (ulong)position);
}

/// <summary>The groups of a step, those its filter rejected, the position of the source after them, and the tokens and time they took.</summary>
internal sealed record CollectedRollouts(
    IReadOnlyList<RolloutGroup> Groups, long Position, long Tokens, IReadOnlyList<RolloutGroup> Evicted, TimeSpan SampleDuration, TimeSpan VerifyDuration);
