using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>
/// Collects the rollouts of a step: samples, judges, filters and shapes. Groups that the filter rejects are replaced while refills last. Prompts that leave no
/// room for a response are passed over.
/// </summary>
internal sealed class RolloutCollector(VerifiedRollouts rollouts, IRewardShaper? shaper, IGroupFilter? filter, TrainerOptions options, ILogger logger)
{
    private const ulong RolloutStream = 1;

    // Prompts in a row that do not fit before the source is taken for one in which none does.
    private const int MostTooLong = 1000;

    public async Task<CollectedRollouts> CollectAsync(IPromptSource source, int step, long position, CancellationToken cancellationToken)
    {
        List<RolloutGroup> kept = [], evicted = [];
        TimeSpan sampling = TimeSpan.Zero, verifying = TimeSpan.Zero;
        long tokens = 0;
        List<PromptTooLongException> tooLong = [];
        for (int refill = 0; kept.Count < options.PromptsPerStep && refill <= (filter is null ? 0 : options.MaxRefills); refill++)
        {
            (RolloutRequest[] requests, position) = await RequestsAsync(source, position, options.PromptsPerStep - kept.Count, tooLong, cancellationToken)
                .ConfigureAwait(false);
            VerifiedSample sample = await rollouts.SampleAsync(requests, options.Sampling, cancellationToken).ConfigureAwait(false);
            (sampling, verifying, tokens) = (sampling + sample.SampleDuration, verifying + sample.VerifyDuration, tokens + sample.Tokens);
            foreach (RolloutGroup judged in sample.Groups)
            {
                RolloutGroup group = Shaped(judged);
                // The filter sees what the verifier said: a shaped reward would let in groups that are all wrong at different lengths.
                (Keeps(judged) ? kept : evicted).Add(group);
            }
        }

        if (tooLong.Count > 0) Log.PromptsTooLong(logger, step, tooLong.Count, tooLong[0].Message);
        if (kept.Count < options.PromptsPerStep) Log.FewGroups(logger, step, options.MaxRefills, kept.Count, options.PromptsPerStep);
        return new CollectedRollouts(kept, position, tokens, evicted, tooLong.Count, sampling, verifying);
    }

    /// <summary>The same groups with the attempts that an extractor adds to them. Added attempts are shaped like the others.</summary>
    public IReadOnlyList<RolloutGroup> Join(IReadOnlyList<RolloutGroup> groups, IReadOnlyList<Experiences.JoiningTrajectory> joining)
    {
        if (joining.Count == 0) return groups;
        ILookup<int, Experiences.JoiningTrajectory> byGroup = joining.ToLookup(j => j.GroupIndex);
        return
        [
            .. groups.Select((group, g) =>
            {
                if (!byGroup.Contains(g)) return group;
                RolloutGroup further = Shaped(new RolloutGroup(
                    group.Prompt, group.PromptTokenIds, [.. byGroup[g].Select(j => j.Trajectory)], [.. byGroup[g].Select(j => j.Judgement)])
                {
                    Sampling = group.Sampling,
                });
                RolloutGroup joined = group.With(further.Trajectories, further.Judgements);
                return joined with { Rewards = [.. group.Rewards, .. further.Rewards] };
            }),
        ];
    }

    /// <summary>Requests for as many prompts that fit, from a position of the source on, and the position after them.</summary>
    private async Task<(RolloutRequest[] Requests, long Position)> RequestsAsync(
        IPromptSource source, long position, int count, List<PromptTooLongException> tooLong, CancellationToken cancellationToken)
    {
        List<RolloutRequest> requests = [];
        int inARow = 0;
        while (requests.Count < count)
        {
            foreach (Prompt prompt in await PromptContract.TakeAsync(source, position, count - requests.Count, cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    requests.Add(rollouts.Request(prompt, options.GroupSize, SeedAt(position++)));
                    inARow = 0;
                }
                catch (PromptTooLongException e)
                {
                    tooLong.Add(e);
                    if (++inARow < MostTooLong) continue;
                    throw new PromptTooLongException(
                        $"None of {inARow} prompts in a row fits. The last, '{Excerpt.Of(prompt.Id)}',", e.Tokens, e.ContextTokens);
                }
            }
        }

        return ([.. requests], position);
    }

    private RolloutGroup Shaped(RolloutGroup group) => shaper is null ? group : ShaperContract.Shape(shaper, group);

    private bool Keeps(RolloutGroup group)
        => filter is null || PartCall.Run(new PartPlace("filter", filter, group.Prompt.Id), () => filter.Keep(group));

    /// <summary>The seed of the prompt at a position of the source, whatever step takes it.</summary>
    private ulong SeedAt(long position) => SplitMix64.Derive(options.Seed, RolloutStream, (ulong)position);
}

/// <summary>The groups of a step, those its filter rejected, the position of the source after them, and the tokens and time they took.</summary>
internal sealed record CollectedRollouts(
    IReadOnlyList<RolloutGroup> Groups, long Position, long Tokens, IReadOnlyList<RolloutGroup> Evicted, int SkippedTooLong, TimeSpan SampleDuration,
    TimeSpan VerifyDuration);
