using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>
/// What an extractor made of the groups of one step: the retained experiences, the dropped candidates with their reasons, and the cost of both.
/// </summary>
public sealed record ExtractionResult
{
    /// <summary>A result with nothing in it.</summary>
    public static ExtractionResult Empty { get; } = new();

    /// <summary>D_M* of Eq. 6, or D_M where validation is off; ordered by group, then pair.</summary>
    public IReadOnlyList<MetaExperience> Retained { get; init; } = [];

    /// <summary>Every candidate that was not retained.</summary>
    public IReadOnlyList<DroppedExperience> Dropped { get; init; } = [];

    /// <summary>Sequences that are learned by their likelihood and belong to no group of the step: what an extractor remembers from earlier steps.</summary>
    public IReadOnlyList<Rehearsal> Rehearsals { get; init; } = [];

    /// <summary>Further attempts at the questions of the step. They join their groups before advantages are estimated.</summary>
    public IReadOnlyList<JoiningTrajectory> Joining { get; init; } = [];

    /// <summary>Further figures of the step, by name: they are reported with those of the run.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>Number of pairs (y+, y-) that were chosen for comparison; at least as many as the lists show.</summary>
    public int Pairs { get => Math.Max(field, Candidates + DroppedFor(DropReason.ContextTooLong)); init; }

    /// <summary>Number of experiences the policy was asked to write; at least as many as the lists show.</summary>
    public int Candidates { get => Math.Max(field, WellFormed + DroppedFor(DropReason.Unterminated) + DroppedFor(DropReason.Malformed)); init; }

    /// <summary>Number of candidates with all their parts; at least as many as the lists show.</summary>
    public int WellFormed { get => Math.Max(field, Retained.Count + DroppedFor(DropReason.ReplayTooLong) + DroppedFor(DropReason.ReplayFailed)); init; }

    /// <summary>Tokens sampled for candidates.</summary>
    public long ExtractionTokens { get; init; }

    /// <summary>Tokens sampled for replays.</summary>
    public long ReplayTokens { get; init; }

    /// <summary>Time spent on writing candidates.</summary>
    public TimeSpan ExtractionDuration { get; init; }

    /// <summary>Time spent on replays and their verification.</summary>
    public TimeSpan ReplayDuration { get; init; }

    /// <summary>
    /// Retained experiences as a share of the well-formed ones: what validation by replay left of those that were collected (figure 9 of the paper). NaN where
    /// none was well-formed.
    /// </summary>
    public double Retention => WellFormed == 0 ? double.NaN : (double)Retained.Count / WellFormed;

    /// <summary>Number of candidates that were dropped for a reason.</summary>
    /// <param name="reason">The reason.</param>
    public int DroppedFor(DropReason reason) => Dropped.Count(d => d.Reason == reason);

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

/// <summary>A sequence that is learned by its likelihood and belongs to no group of the step.</summary>
public sealed class Rehearsal(TokenSequence sequence, double weight = 1.0)
{
    /// <summary>The context, and the tokens to learn after the context.</summary>
    public TokenSequence Sequence { get; } = sequence;

    /// <summary>Weight of the sequence beside the other rehearsals, greater than 0.</summary>
    public double Weight { get; } = weight;
}

/// <summary>A further attempt at a question of the step, for instance a replay or a repair, that joins the group of the question.</summary>
public sealed class JoiningTrajectory(int groupIndex, Trajectory trajectory, Judgement judgement)
{
    /// <summary>Index of the group among the groups of the step.</summary>
    public int GroupIndex { get; } = groupIndex;

    /// <summary>The attempt. Its recorded log-probabilities are those of the context in which it was sampled.</summary>
    public Trajectory Trajectory { get; } = trajectory;

    /// <summary>The judgement of the run's verifier.</summary>
    public Judgement Judgement { get; } = judgement;
}
