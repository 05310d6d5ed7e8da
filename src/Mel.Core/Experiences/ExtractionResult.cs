using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>What came of the groups of one step: the retained experiences, everything that was dropped and why, and what it cost.</summary>
public sealed record ExtractionResult
{
    /// <summary>A result with nothing in it.</summary>
    public static ExtractionResult Empty { get; } = new();

    /// <summary>D_M* of Eq. 6, or D_M where validation is off; ordered by group, then pair.</summary>
    public IReadOnlyList<MetaExperience> Retained { get; init; } = [];

    /// <summary>Every candidate that was not retained.</summary>
    public IReadOnlyList<DroppedExperience> Dropped { get; init; } = [];

    /// <summary>Sequences to learn by likelihood that belong to no group of the step: what an extractor remembers from earlier steps.</summary>
    public IReadOnlyList<Rehearsal> Rehearsals { get; init; } = [];

    /// <summary>Further attempts at the questions of the step, which join their groups before advantages are estimated.</summary>
    public IReadOnlyList<JoiningTrajectory> Joining { get; init; } = [];

    /// <summary>Number of pairs (y+, y-) that were chosen for comparison.</summary>
    public int Pairs { get; init; }

    /// <summary>Number of experiences the policy was asked to write.</summary>
    public int Candidates { get; init; }

    /// <summary>Number of candidates with all their parts.</summary>
    public int WellFormed { get; init; }

    /// <summary>Tokens sampled for candidates.</summary>
    public long ExtractionTokens { get; init; }

    /// <summary>Tokens sampled for replays.</summary>
    public long ReplayTokens { get; init; }

    /// <summary>Time spent on writing candidates.</summary>
    public TimeSpan ExtractionDuration { get; init; }

    /// <summary>Time spent on replays and their verification.</summary>
    public TimeSpan ReplayDuration { get; init; }

    /// <summary>Retained experiences as a share of the candidates (figure 9 of the paper); 0 when there was none.</summary>
    public double Retention => Candidates == 0 ? 0.0 : (double)Retained.Count / Candidates;

    /// <summary>The retained experiences of each group, in the order of the groups.</summary>
    /// <param name="groups">Number of groups the extractor was given.</param>
    /// <exception cref="InvalidOperationException">An experience belongs to a group that the extractor was not given.</exception>
    public IReadOnlyList<IReadOnlyList<MetaExperience>> ByGroup(int groups)
    {
        if (Retained.FirstOrDefault(e => (uint)e.Pair.GroupIndex >= (uint)groups) is { } stray)
        {
            throw new InvalidOperationException(
                $"An experience belongs to group {stray.Pair.GroupIndex}, but the extractor was given {groups} groups, counted from 0; "
                + "it could not be internalized.");
        }
        ILookup<int, MetaExperience> byGroup = Retained.ToLookup(e => e.Pair.GroupIndex);
        return [.. Enumerable.Range(0, groups).Select(g => (IReadOnlyList<MetaExperience>)[.. byGroup[g]])];
    }
}

/// <summary>A sequence to learn by likelihood that belongs to no group of the step.</summary>
public sealed class Rehearsal(TokenSequence sequence, double weight = 1.0)
{
    /// <summary>Context and the tokens to learn after it.</summary>
    public TokenSequence Sequence { get; } = sequence;

    /// <summary>Its weight beside the other rehearsals, greater than 0.</summary>
    public double Weight { get; } = weight;
}

/// <summary>An attempt at a question of the step that was not among the group's own: a replay or a repair.</summary>
public sealed class JoiningTrajectory(int groupIndex, Trajectory trajectory, Judgement judgement)
{
    /// <summary>Place of the group among those of the step.</summary>
    public int GroupIndex { get; } = groupIndex;

    /// <summary>The attempt. Its log-probabilities are its own: those of the context it was sampled in, unless it carries others.</summary>
    public Trajectory Trajectory { get; } = trajectory;

    /// <summary>What the run's verifier says of it.</summary>
    public Judgement Judgement { get; } = judgement;
}
