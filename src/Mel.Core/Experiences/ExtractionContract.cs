using Mel.Diagnostics;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>Lets an extractor work and checks that what it found belongs to the groups it was given and can be learned.</summary>
internal static class ExtractionContract
{
    /// <summary>Extracts.</summary>
    /// <param name="extractor">Does the work.</param>
    /// <param name="request">The groups.</param>
    /// <param name="needsLogProbs">Whether the recorded log-probabilities of attempts are used.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Task<ExtractionResult> ExtractAsync(
        IExperienceExtractor extractor, ExtractionRequest request, bool needsLogProbs, CancellationToken cancellationToken)
    {
        PartPlace place = new("extractor", extractor);
        return PartCall.RunAsync(
            place,
            async () =>
            {
                ExtractionResult? result = await extractor.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
                if (result is null)
                    throw place.Broken($"returned null; {nameof(ExtractionResult)}.{nameof(ExtractionResult.Empty)} is a result with nothing in it.");
                if (result.Retained is null || result.Dropped is null || result.Rehearsals is null || result.Joining is null || result.Figures is null)
                    throw place.Broken("returned a result with null for a list; an empty list says that there is nothing.");
                foreach (MetaExperience experience in result.Retained) Require(place, request.Groups, experience);
                foreach (Rehearsal rehearsal in result.Rehearsals) Require(place, rehearsal);
                foreach (JoiningTrajectory joining in result.Joining) Require(place, request.Groups, joining, needsLogProbs);
                RequireCounts(place, result);
                return result;
            },
            cancellationToken);
    }

    private static void Require(PartPlace by, IReadOnlyList<RolloutGroup> groups, MetaExperience? experience)
    {
        if (experience?.Pair?.Group is not { } group || experience.Written is null || experience.Sections is null)
            throw by.Broken("retained an experience without pair, text or sections.");
        PartPlace at = by with { Prompt = group.Prompt.Id };
        RequireGroup(at, groups, experience.Pair.GroupIndex, "retained an experience of");
        if (!Has(group, experience.Pair.CorrectIndex) || !Has(group, experience.Pair.IncorrectIndex))
            throw at.Broken(
                $"retained an experience of the attempts {experience.Pair.CorrectIndex} and {experience.Pair.IncorrectIndex}{at.At}; the group has "
                + $"{group.Trajectories.Count}, counted from 0.");
        RequireTokens(at, experience.ContextTokenIds, "an experience whose context");
        RequireTokens(at, experience.Written.TokenIds, "an experience whose text");
        TrajectoryContract.RequireIds(at, experience.RecallTokenIds.Span, "token id");
    }

    private static void Require(PartPlace by, Rehearsal? rehearsal)
    {
        if (rehearsal?.Sequence is not { } sequence) throw by.Broken("gave a rehearsal without a sequence.");
        RequireTokens(by, sequence.Context, "a rehearsal whose context");
        RequireTokens(by, sequence.Response, "a rehearsal whose response");
        if (!(double.IsFinite(rehearsal.Weight) && rehearsal.Weight > 0))
            throw by.Broken($"gave a rehearsal of weight {rehearsal.Weight}; a finite number greater than 0 is expected.");
    }

    private static void Require(PartPlace by, IReadOnlyList<RolloutGroup> groups, JoiningTrajectory? joining, bool needsLogProbs)
    {
        if (joining is null) throw by.Broken("gave null for a trajectory that joins.");
        RequireGroup(by, groups, joining.GroupIndex, "lets a trajectory join");
        PartPlace at = by with { Prompt = groups[joining.GroupIndex].Prompt.Id };
        TrajectoryContract.Require(at, joining.Trajectory, needsLogProbs);
        JudgementContract.Required(at, joining.Judgement);
    }

    private static void RequireCounts(PartPlace by, ExtractionResult result)
    {
        if (result.Dropped.Any(d => d?.Pair is null)) throw by.Broken("dropped a candidate without a pair.");
        if (result.Pairs < 0 || result.Candidates < 0 || result.WellFormed < 0 || result.ExtractionTokens < 0 || result.ReplayTokens < 0)
            throw by.Broken(
                $"counted {result.Pairs} pairs, {result.Candidates} candidates, {result.WellFormed} well-formed, {result.ExtractionTokens} and "
                + $"{result.ReplayTokens} tokens; none is below 0.");
    }

    private static void RequireGroup(PartPlace by, IReadOnlyList<RolloutGroup> groups, int index, string what)
    {
        if ((uint)index >= (uint)groups.Count) throw by.Broken($"{what} group {index}, but was given {groups.Count} groups, counted from 0.");
    }

    private static void RequireTokens(PartPlace by, ReadOnlyMemory<int> ids, string what)
    {
        if (ids.IsEmpty) throw by.Broken($"gave {what} has no token{by.At}; its likelihood is learned, which needs at least one.");
        TrajectoryContract.RequireIds(by, ids.Span, "token id");
    }

    private static bool Has(RolloutGroup group, int trajectory) => (uint)trajectory < (uint)group.Trajectories.Count;
}
