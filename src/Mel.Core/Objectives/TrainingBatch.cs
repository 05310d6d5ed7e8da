using Mel.Advantages;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>What an objective sees of an optimizer batch: trajectories with advantages, experiences, rehearsals, and the counts of all three.</summary>
public sealed class TrainingBatch
{
    private TrainingBatch(
        IReadOnlyList<TrainingSample> samples, IReadOnlyList<ExperienceSample> experiences, IReadOnlyList<Rehearsal> rehearsals, BatchTotals totals,
        SamplingOptions? sampling)
    {
        Samples = samples;
        Experiences = experiences;
        Rehearsals = rehearsals;
        Totals = totals;
        Sampling = sampling;
    }

    /// <summary>The trajectories that train.</summary>
    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>The meta-experiences of the groups.</summary>
    public IReadOnlyList<ExperienceSample> Experiences { get; }

    /// <summary>Sequences that are learned by their likelihood and belong to no group of the step.</summary>
    public IReadOnlyList<Rehearsal> Rehearsals { get; }

    /// <summary>Counts of the whole optimizer batch.</summary>
    public BatchTotals Totals { get; }

    /// <summary>How the trajectories were sampled; null where the groups do not say.</summary>
    public SamplingOptions? Sampling { get; }

    /// <summary>Temperature at which the trajectories were sampled and are scored; 1 where the groups do not say.</summary>
    public double Temperature => Sampling?.Temperature ?? 1.0;

    /// <summary>Puts together an optimizer batch.</summary>
    /// <param name="rollouts">The groups of P questions with their experiences.</param>
    /// <param name="advantages">
    /// One advantage per trajectory, as an estimator returned them. Excluded trajectories, and trajectories without a token to learn from, are left out.
    /// </param>
    /// <param name="rehearsals">Sequences to learn that belong to no group; none where null.</param>
    /// <exception cref="ArgumentException">
    /// The counts of groups, trajectories and advantages do not match, an advantage has another length than its trajectory, or is not finite.
    /// </exception>
    public static TrainingBatch Create(RolloutBatch rollouts, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<Rehearsal>? rehearsals = null)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        ArgumentNullException.ThrowIfNull(advantages);
        IReadOnlyList<RolloutGroup> groups = rollouts.Groups;
        AdvantageContract.Require("The estimator", groups, advantages);
        if (rollouts.Experiences.Count != groups.Count)
            throw new ArgumentException(
                $"There are {groups.Count} groups but experiences for {rollouts.Experiences.Count}; give one list per group.", nameof(rollouts));
        List<TrainingSample> samples = [];
        for (int g = 0; g < groups.Count; g++)
        {
            RolloutGroup group = groups[g];
            for (int i = 0; i < group.Trajectories.Count; i++)
            {
                (Trajectory trajectory, Advantage advantage) = (group.Trajectories[i], advantages[g][i]);
                if (!advantage.Trains || trajectory.TrainedTokens == 0) continue;
                samples.Add(new TrainingSample(new TokenSequence(group.PromptTokenIds, trajectory.TokenIds), trajectory, advantage));
            }
        }

        ExperienceSample[] experiences = [.. rollouts.Experiences.SelectMany(own => own.Select(e => new ExperienceSample(e, own.Count)))];
        BatchTotals totals = new(
            groups.Count, samples.Count, samples.Sum(s => (long)s.Trajectory.TrainedTokens), experiences.Length,
            rollouts.Experiences.Count(own => own.Count > 0), (rehearsals ?? []).Sum(r => r.Weight));
        return new TrainingBatch(samples, experiences, rehearsals ?? [], totals, groups.FirstOrDefault(g => g.Sampling is not null)?.Sampling);
    }
}

/// <summary>One trajectory of an optimizer batch.</summary>
public sealed class TrainingSample(TokenSequence sequence, Trajectory trajectory, Advantage advantage)
{
    /// <summary>Tokens of prompt and response.</summary>
    public TokenSequence Sequence { get; } = sequence;

    /// <summary>The response with the log-probabilities recorded when it was sampled.</summary>
    public Trajectory Trajectory { get; } = trajectory;

    /// <summary>Advantage of the trajectory; never <see cref="Advantage.Excluded"/>.</summary>
    public Advantage Advantage { get; } = advantage;
}

/// <summary>One meta-experience of an optimizer batch.</summary>
public sealed class ExperienceSample(MetaExperience experience, int promptExperiences)
{
    /// <summary>The meta-experience.</summary>
    public MetaExperience Experience { get; } = experience;

    /// <summary>Number of experiences of the same group in the whole optimizer batch.</summary>
    public int PromptExperiences { get; } = promptExperiences;
}

/// <summary>Counts of a whole optimizer batch: the denominators that make micro-batches add up.</summary>
public sealed class BatchTotals(int prompts, int trajectories, long tokens, int experiences, int promptsWithExperience, double rehearsalWeight)
{
    /// <summary>P: number of questions, with or without trajectories that train.</summary>
    public int Prompts { get; } = prompts;

    /// <summary>Number of trajectories that train.</summary>
    public int Trajectories { get; } = trajectories;

    /// <summary>Number of tokens that may be learned from, over the trajectories that train.</summary>
    public long Tokens { get; } = tokens;

    /// <summary>Number of meta-experiences.</summary>
    public int Experiences { get; } = experiences;

    /// <summary>Number of questions with at least one meta-experience.</summary>
    public int PromptsWithExperience { get; } = promptsWithExperience;

    /// <summary>Sum of the weights of all rehearsals.</summary>
    public double RehearsalWeight { get; } = rehearsalWeight;
}
