using Mel.Advantages;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>What an objective sees of an optimizer batch: trajectories with advantages, experiences, rehearsals, and the counts of them all.</summary>
public sealed class TrainingBatch
{
    private TrainingBatch(IReadOnlyList<TrainingSample> samples, IReadOnlyList<ExperienceSample> experiences, IReadOnlyList<Rehearsal> rehearsals, BatchTotals totals, SamplingOptions? sampling)
    {
        Samples = samples;
        Experiences = experiences;
        Rehearsals = rehearsals;
        Totals = totals;
        Sampling = sampling;
    }

    /// <summary>The trajectories that train.</summary>
    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>The meta-experiences.</summary>
    public IReadOnlyList<ExperienceSample> Experiences { get; }

    /// <summary>Sequences to learn that belong to no group of the step.</summary>
    public IReadOnlyList<Rehearsal> Rehearsals { get; }

    /// <summary>Counts of the optimizer batch.</summary>
    public BatchTotals Totals { get; }

    /// <summary>How the trajectories were sampled; null where nobody said.</summary>
    public SamplingOptions? Sampling { get; }

    /// <summary>Temperature the trajectories were sampled at, which their log-probabilities are computed at too; 1 where nobody said.</summary>
    public double Temperature => Sampling?.Temperature ?? 1.0;

    /// <summary>Puts together an optimizer batch.</summary>
    /// <param name="rollouts">The groups of P questions with their experiences.</param>
    /// <param name="advantages">One advantage per trajectory, as an estimator returned them; excluded trajectories, and those without a token to learn from, are left out.</param>
    /// <param name="rehearsals">Sequences to learn that belong to no group; none where null.</param>
    /// <exception cref="ArgumentException">The counts of groups, trajectories and advantages do not match, or an advantage has another length than its trajectory.</exception>
    public static TrainingBatch Create(RolloutBatch rollouts, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<Rehearsal>? rehearsals = null)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        ArgumentNullException.ThrowIfNull(advantages);
        IReadOnlyList<RolloutGroup> groups = rollouts.Groups;
        if (advantages.Count != groups.Count)
            throw new ArgumentException($"There are {groups.Count} groups but advantages for {advantages.Count}; an estimator returns one list per group.", nameof(advantages));
        if (rollouts.Experiences.Count != groups.Count)
            throw new ArgumentException($"There are {groups.Count} groups but experiences for {rollouts.Experiences.Count}; give one list per group.", nameof(rollouts));
        List<TrainingSample> samples = [];
        for (int g = 0; g < groups.Count; g++)
        {
            RolloutGroup group = groups[g];
            if (advantages[g].Count != group.Trajectories.Count)
                throw new ArgumentException($"Group {g} has {group.Trajectories.Count} trajectories but {advantages[g].Count} advantages; an estimator returns one per trajectory.", nameof(advantages));
            for (int i = 0; i < group.Trajectories.Count; i++)
            {
                (Trajectory trajectory, Advantage advantage) = (group.Trajectories[i], advantages[g][i]);
                if (!advantage.Trains || trajectory.TrainedTokens == 0) continue;
                advantage.RequireLength(trajectory.TokenIds.Length, group.Prompt.Id, i);
                samples.Add(new TrainingSample(new TokenSequence(group.PromptTokenIds, trajectory.TokenIds), trajectory, advantage));
            }
        }

        ExperienceSample[] experiences = [.. rollouts.Experiences.SelectMany(own => own.Select(e => new ExperienceSample(e, own.Count)))];
        BatchTotals totals = new(
            groups.Count, samples.Count, samples.Sum(s => (long)s.Trajectory.TrainedTokens), experiences.Length, rollouts.Experiences.Count(own => own.Count > 0), (rehearsals ?? []).Sum(r => r.Weight));
        return new TrainingBatch(samples, experiences, rehearsals ?? [], totals, groups.FirstOrDefault(g => g.Sampling is not null)?.Sampling);
    }
}

/// <summary>One trajectory of an optimizer batch.</summary>
/// <param name="Sequence">Prompt and response tokens.</param>
/// <param name="Trajectory">The response with the log-probabilities recorded when it was sampled.</param>
/// <param name="Advantage">Its advantage; never <see cref="Advantage.Excluded"/>.</param>
public sealed record TrainingSample(TokenSequence Sequence, Trajectory Trajectory, Advantage Advantage);

/// <summary>One meta-experience of an optimizer batch.</summary>
/// <param name="Experience">The experience.</param>
/// <param name="PromptExperiences">How many experiences its group has in the whole optimizer batch.</param>
public sealed record ExperienceSample(MetaExperience Experience, int PromptExperiences);

/// <summary>Counts of a whole optimizer batch: the denominators that make micro-batches add up.</summary>
/// <param name="Prompts">P: questions, with or without trained trajectories.</param>
/// <param name="Trajectories">Trajectories that train.</param>
/// <param name="Tokens">Tokens of those trajectories that may be learned from.</param>
/// <param name="Experiences">Meta-experiences.</param>
/// <param name="PromptsWithExperience">Questions with at least one meta-experience.</param>
/// <param name="RehearsalWeight">Sum of the weights of all rehearsals.</param>
public sealed record BatchTotals(int Prompts, int Trajectories, long Tokens, int Experiences, int PromptsWithExperience, double RehearsalWeight);
