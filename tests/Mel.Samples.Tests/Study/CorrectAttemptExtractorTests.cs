using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Samples.Study;
using Mel.Verification;

namespace Mel.Samples.Tests.Study;

[TestFixture]
public sealed class CorrectAttemptExtractorTests
{
    [Test]
    public async Task Extract_GroupsOfEveryKind_TeachTheirCorrectAttemptsWithOneVoiceEach()
    {
        RolloutGroup[] groups = [Group(1, "+-"), Group(2, "++-"), Group(3, "+++"), Group(4, "---"), Group(5, "++++++-?")];

        IReadOnlyList<Rehearsal> learned = (await new CorrectAttemptExtractor(2).ExtractAsync(new ExtractionRequest(groups, seed: 3))).Rehearsals;

        // One pair in the first group, two pairs in the second and the last, none where a side is missing.
        learned.GroupBy(r => r.Sequence.Context.Span[0]).Select(g => (g.Key, Count: g.Count(), Weight: g.Sum(r => r.Weight))).Should()
            .Equal((1, 1, 1), (2, 2, 1), (5, 2, 1));
        learned.Select(r => (r.Sequence.Context.Span[0], r.Sequence.Response.Span[0])).Should()
            .OnlyHaveUniqueItems("no attempt is in two pairs while others wait")
            .And.OnlyContain(r => r.Item2 < (r.Item1 == 5 ? 6 : r.Item1), "only correct attempts are taught");
    }

    /// <summary>A group whose question and attempts are their own numbers.</summary>
    private static RolloutGroup Group(int question, string verdicts) => new(
        new Prompt($"q{question}", "?", "!"), new[] { question },
        [.. verdicts.Select((_, i) => new Trajectory(new[] { i }, new[] { -1f }, $"{i}", FinishReason.Stop))],
        [.. verdicts.Select(v => (Judgement)(v switch { '+' => Verdict.Correct, '-' => Verdict.Incorrect, _ => Verdict.Unverifiable }))]);
}
