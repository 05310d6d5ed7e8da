using Mel.Rewards;
using Mel.Advantages;
using Mel.Experiences;
using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>What an objective sees: the trajectories and experiences of an optimizer batch, or a part of them with the totals of the whole.</summary>
public sealed class TrainingBatch
{
    private TrainingBatch(IReadOnlyList<TrainingSample> samples, IReadOnlyList<ExperienceSample> experiences, BatchTotals totals, double temperature)
    {
        Samples = samples;
        Experiences = experiences;
        Totals = totals;
        Temperature = temperature;
    }

    /// <summary>The trajectories.</summary>
    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>The meta-experiences.</summary>
    public IReadOnlyList<ExperienceSample> Experiences { get; }

    /// <summary>Counts of the optimizer batch this is, or is a part of.</summary>
    public BatchTotals Totals { get; }

    /// <summary>Temperature the trajectories were sampled at, which their log-probabilities are computed at too.</summary>
    public double Temperature { get; }

    /// <summary>Puts together an optimizer batch.</summary>
    /// <param name="groups">The groups of P questions.</param>
    /// <param name="advantages">One advantage per trajectory, as an estimator returned them; excluded trajectories are left out.</param>
    /// <param name="experiences">Meta-experiences of the same questions.</param>
    /// <param name="temperature">Temperature of the rollouts, greater than 0.</param>
    /// <exception cref="ArgumentException">The counts of groups, trajectories and advantages do not match.</exception>
    public static TrainingBatch Create(IReadOnlyList<RolloutGroup> groups, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<MetaExperience>? experiences = null, double temperature = 1.0)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(advantages);
        if (advantages.Count != groups.Count)
            throw new ArgumentException($"There are {groups.Count} groups but advantages for {advantages.Count}; an estimator returns one list per group.", nameof(advantages));
        List<TrainingSample> samples = [];
        for (int g = 0; g < groups.Count; g++)
        {
            RolloutGroup group = groups[g];
            if (advantages[g].Count != group.Trajectories.Count)
                throw new ArgumentException($"Group {g} has {group.Trajectories.Count} trajectories but {advantages[g].Count} advantages; an estimator returns one per trajectory.", nameof(advantages));
            for (int i = 0; i < group.Trajectories.Count; i++)
            {
                if (!advantages[g][i].Trains) continue;
                samples.Add(new TrainingSample(new TokenSequence(group.PromptTokenIds, group.Trajectories[i].TokenIds), group.Trajectories[i], advantages[g][i]));
            }
        }

        // By group and not by id: a question that was drawn twice has two groups, and Eq. 10 takes the mean within each.
        ILookup<RolloutGroup, MetaExperience> byGroup = (experiences ?? []).ToLookup<MetaExperience, RolloutGroup>(e => e.Pair.Group, ReferenceEqualityComparer.Instance);
        List<ExperienceSample> internalized = [.. byGroup.SelectMany(own => own.Select(e => new ExperienceSample(e, own.Count())))];
        long tokens = samples.Sum(s => (long)s.Sequence.Response.Length), signal = samples.Where(s => !s.Advantage.IsZero).Sum(s => (long)s.Sequence.Response.Length);
        BatchTotals totals = new(groups.Count, samples.Count, tokens, signal, internalized.Count, byGroup.Count);
        return new TrainingBatch(samples, internalized, totals, temperature);
    }

    /// <summary>
    /// Splits the batch so that no part, with every row padded to the longest of its part, exceeds a number of tokens. Rows are sorted by length first, so little
    /// padding is computed; a row longer than the limit makes a part of its own. Trajectories and experiences lie in separate parts.
    /// A batch with neither is one part, so that every term is evaluated and reported.
    /// </summary>
    /// <param name="maxTokens">Limit of rows x longest row, in tokens, at least 1.</param>
    public IReadOnlyList<TrainingBatch> Split(int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        List<TrainingBatch> parts = [];
        foreach (List<TrainingSample> part in Bins(Samples, s => s.Sequence.Context.Length + s.Sequence.Response.Length, maxTokens))
            parts.Add(new TrainingBatch(part, [], Totals, Temperature));
        foreach (List<ExperienceSample> part in Bins(Experiences, e => e.Experience.ContextTokenIds.Length + e.Experience.Written.TokenIds.Length, maxTokens))
            parts.Add(new TrainingBatch([], part, Totals, Temperature));
        return parts.Count > 0 ? parts : [this];
    }

    /// <summary>The same batch with other trajectories and unchanged totals: what remains when rows without a gradient are left out.</summary>
    internal TrainingBatch WithSamples(IReadOnlyList<TrainingSample> samples) => new(samples, Experiences, Totals, Temperature);

    private static IEnumerable<List<T>> Bins<T>(IReadOnlyList<T> rows, Func<T, int> length, int maxTokens)
    {
        List<T> bin = [];
        foreach (T row in rows.OrderByDescending(length))
        {
            if (bin.Count > 0 && (bin.Count + 1L) * length(bin[0]) > maxTokens)
            {
                yield return bin;
                bin = [];
            }

            bin.Add(row);
        }

        if (bin.Count > 0) yield return bin;
    }
}
