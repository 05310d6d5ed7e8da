using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Experiences;

[TestFixture]
public sealed class ContrastiveExperienceExtractorTests
{
    private static readonly ToyExperienceLanguage Language = new();

    private static readonly string[] Texts = ["aaaa", "bb", "c", "ddd", "ee", "f"];

    [TestCase(PairSelection.Random)]
    [TestCase(PairSelection.Spread)]
    [TestCase(PairSelection.Shortest)]
    public async Task Pairs_NoCap_AreAllOfTheGridOnce(PairSelection selection)
    {
        IReadOnlyList<ContrastivePair> pairs = await PairsAsync(new() { PairSelection = selection, PairsPerPrompt = 100 }, correct: [0, 2]);

        pairs.Select(p => (p.CorrectIndex, p.IncorrectIndex)).Should().OnlyHaveUniqueItems().And.HaveCount(2 * 4);
        pairs.Should().OnlyContain(p => (p.CorrectIndex == 0 || p.CorrectIndex == 2) && p.IncorrectIndex != 0 && p.IncorrectIndex != 2);
    }

    [Test]
    public async Task Pairs_Default_IsOnePerQuestion()
        => (await PairsAsync(new(), correct: [0, 2])).Should().ContainSingle();

    [Test]
    public async Task Pairs_Random_ReachesEveryPairOverSeeds()
    {
        HashSet<(int, int)> seen = [];
        for (ulong seed = 0; seed < 80; seed++) seen.UnionWith((await PairsAsync(new(), [0, 2], seed)).Select(p => (p.CorrectIndex, p.IncorrectIndex)));

        seen.Should().HaveCount(8);
    }

    [Test]
    public async Task Pairs_SameSeed_AreTheSame_OtherSeedDiffers()
    {
        ExperienceOptions options = new() { PairsPerPrompt = 8 };
        IReadOnlyList<ContrastivePair> first = await PairsAsync(options, [0, 2], seed: 5), again = await PairsAsync(options, [0, 2], seed: 5), other = await PairsAsync(options, [0, 2], seed: 6);

        Indices(again).Should().Equal(Indices(first));
        Indices(other).Should().NotEqual(Indices(first));

        static IEnumerable<(int, int)> Indices(IReadOnlyList<ContrastivePair> pairs) => pairs.Select(p => (p.CorrectIndex, p.IncorrectIndex));
    }

    [TestCase(new[] { 0 })]
    [TestCase(new[] { 0, 1 })]
    [TestCase(new[] { 0, 1, 2 })]
    [TestCase(new[] { 0, 1, 2, 3 })]
    public async Task Pairs_Spread_UseNoAttemptTwiceBeforeAllOfItsSideWereUsedOnce(int[] correct)
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            IReadOnlyList<ContrastivePair> pairs = await PairsAsync(new() { PairSelection = PairSelection.Spread, PairsPerPrompt = 100 }, correct, seed);
            foreach ((int[] side, int size) in new[] { (pairs.Select(p => p.CorrectIndex).ToArray(), correct.Length), (pairs.Select(p => p.IncorrectIndex).ToArray(), Texts.Length - correct.Length) })
                side.Take(size).Should().OnlyHaveUniqueItems();
        }
    }

    [Test]
    public async Task Pairs_Shortest_ComeInTheOrderOfTheirLength()
    {
        IReadOnlyList<ContrastivePair> pairs = await PairsAsync(new() { PairSelection = PairSelection.Shortest, PairsPerPrompt = 3 }, correct: [0, 2]);

        pairs.Select(p => p.Correct.Text + p.Incorrect.Text).Should().HaveCount(3).And.StartWith("cf").And.OnlyContain(t => t == "cf" || t == "cbb" || t == "cee");
    }

    [TestCase(new int[0])]
    [TestCase(new[] { 0, 1, 2, 3, 4, 5 })]
    public async Task Pairs_OneSideOnly_YieldNothingAndAskNothing(int[] correct)
    {
        ScriptedSampler sampler = new((_, _) => "abc");

        ExtractionResult result = await new ContrastiveExperienceExtractor(sampler, Language).ExtractAsync([Group("q", correct)], seed: 1);

        result.Should().BeEquivalentTo(new { Pairs = 0, Candidates = 0, Retention = double.NaN });
        sampler.Calls.Should().BeEmpty();
    }

    [Test]
    public async Task Pairs_UnverifiableTrajectories_AreOnNeitherSide()
    {
        RolloutGroup group = new(new Prompt("q", "q", "?"), Trajectories.Tokens("q"), [.. Texts.Select(t => Trajectories.Of(t))],
            [Verdict.Correct, Verdict.Incorrect, Verdict.Unverifiable, Verdict.Unverifiable, Verdict.Unverifiable, Verdict.Unverifiable]);

        ExtractionResult result = await new ContrastiveExperienceExtractor(new ScriptedSampler((_, _) => "abc"), Language, new() { PairsPerPrompt = 100 }).ExtractAsync([group], seed: 1);

        result.Retained.Should().ContainSingle().Which.Pair.Should().BeEquivalentTo(new { CorrectIndex = 0, IncorrectIndex = 1 });
    }

    [Test]
    public async Task Extract_EveryCandidate_IsRetainedOrDroppedWithItsReason()
    {
        // q1 does not fit, q2 is cut off, q3 is malformed, q4 is one.
        RolloutGroup[] groups = [Group(new string('q', 90), [0]), Group("2", [0]), Group("3", [0]), Group("4", [0])];
        ScriptedSampler sampler = new((message, _) => message[0] switch { '2' => "abcdef…", '3' => "ab", _ => "abcd" }) { ContextTokens = 100 };
        StepClock clock = new(TimeSpan.FromSeconds(1));

        ExtractionResult result = await new ContrastiveExperienceExtractor(sampler, Language, new() { ExtractionMaxTokens = 20 }, clock).ExtractAsync(groups, seed: 1);

        result.Dropped.Select(d => (d.Pair.Group, d.Reason)).Should().Equal((groups[0], DropReason.ContextTooLong), (groups[1], DropReason.Unterminated), (groups[2], DropReason.Malformed));
        result.Dropped[0].Detail.Should().Match("The extraction prompt has * tokens; with 20 for the experience it exceeds the context of 100.");
        result.Dropped[0].Written.Should().BeNull();
        result.Dropped[1].Detail.Should().Be("The experience did not end within 20 tokens.");
        result.Dropped[1].Written!.Text.Should().Be("abcdef…");
        result.Dropped[2].Detail.Should().Be("'ab' has fewer than three characters.");
        result.Retained.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Text = "abcd", BifurcationPoint = "a", Critique = "b", Heuristic = "cd" });
        result.Should().BeEquivalentTo(new { Pairs = 4, Candidates = 3, WellFormed = 1, ExtractionTokens = 7L + 3 + 5, ReplayTokens = 0L, ExtractionDuration = TimeSpan.FromSeconds(1), Retention = 1.0 });
    }

    [Test]
    public async Task Extract_ContextThatJustFits_IsAsked()
    {
        RolloutGroup group = Group("q", [0]);
        int tokens = Language.ExtractionPrompt(group.Prompt, group.Trajectories[1], group.Trajectories[0]).Length;
        ExperienceOptions options = new() { ExtractionMaxTokens = 10, PairSelection = PairSelection.Shortest };
        RolloutGroup two = Trajectories.Group(group.Prompt, ["aaaa", "bb"], 0);

        (await ExtractAsync(tokens + 10)).Candidates.Should().Be(1);
        (await ExtractAsync(tokens + 9)).Candidates.Should().Be(0);

        Task<ExtractionResult> ExtractAsync(int context) => new ContrastiveExperienceExtractor(new ScriptedSampler((_, _) => "abc") { ContextTokens = context }, Language, options).ExtractAsync([two], seed: 1);
    }

    [Test]
    public async Task Extract_Options_ReachTheSampler()
    {
        ScriptedSampler sampler = new((_, _) => "abc");

        await new ContrastiveExperienceExtractor(sampler, Language, new() { ExtractionTemperature = 0.7, ExtractionMaxTokens = 33, PairsPerPrompt = 3 }).ExtractAsync([Group("q", [0]), Group("r", [1])], seed: 1);

        sampler.Calls.Should().ContainSingle().Which.Options.Should().BeEquivalentTo(new SamplingOptions { Temperature = 0.7, MaxTokens = 33 });
        sampler.Calls[0].Requests.Select(r => r.Seed).Should().HaveCount(6).And.OnlyHaveUniqueItems("each experience draws from a stream of its own");
    }

    [Test]
    public async Task Extract_Canceled_LetsTheExceptionThrough()
        => await FluentActions.Awaiting(() => new ContrastiveExperienceExtractor(new ScriptedSampler((_, _) => "abc"), Language).ExtractAsync([Group("q", [0])], 1, new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();

    [Test]
    public void Extractor_BrokenOption_IsRefused()
        => FluentActions.Invoking(() => new ContrastiveExperienceExtractor(new ScriptedSampler((_, _) => ""), options: new() { PairsPerPrompt = 0 }))
            .Should().Throw<OptionsValidationException>().WithMessage("*PairsPerPrompt*must be at least 1, got 0*");

    private static RolloutGroup Group(string question, int[] correct) => Trajectories.Group(new Prompt(question, question, "?"), Texts, correct);

    private static async Task<IReadOnlyList<ContrastivePair>> PairsAsync(ExperienceOptions options, int[] correct, ulong seed = 1)
        => [.. (await new ContrastiveExperienceExtractor(new ScriptedSampler((_, _) => "abc"), Language, options).ExtractAsync([Group("q", correct)], seed)).Retained.Select(e => e.Pair)];
}
