using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Verification;

namespace Mel.Samples.Study;

/// <summary>
/// A control without experiences: as many pairs per question as an arm with experiences would compare, and of each pair only the correct attempt y+ is
/// learned, after its question. Every question counts the same.
/// </summary>
/// <param name="pairsPerPrompt">Largest number of attempts per question.</param>
internal sealed class CorrectAttemptExtractor(int pairsPerPrompt) : IExperienceExtractor
{
    public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        => Task.FromResult(new ExtractionResult { Rehearsals = [.. request.Groups.SelectMany((group, g) => Of(group, Seeds.Derive(request.Seed, (ulong)g)))] });

    private IEnumerable<Rehearsal> Of(RolloutGroup group, ulong seed)
    {
        int[] correct = [.. Enumerable.Range(0, group.Verdicts.Count).Where(i => group.Verdicts[i] == Verdict.Correct)];
        int wrong = group.Verdicts.Count(v => v == Verdict.Incorrect);
        if (correct.Length == 0 || wrong == 0) return [];
        new SeededRandom(seed).Shuffle(correct.AsSpan());
        // Pairs are spread: with one correct attempt and several wrong ones the correct one is in every pair.
        int pairs = Math.Min(pairsPerPrompt, correct.Length * wrong);
        return Enumerable.Range(0, pairs).Select(i => new Rehearsal(
            new TokenSequence(group.PromptTokenIds, group.Trajectories[correct[i % correct.Length]].TokenIds), 1.0 / pairs));
    }
}
