using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Experiences;

[TestFixture]
public sealed class ReplayValidatedExtractorTests
{
    private static readonly ToyExperienceLanguage Language = new();

    [TestCase(1, true)]
    [TestCase(2, true)]
    [TestCase(3, false)]
    public async Task Replay_AsManySuccessesAsRequired_Retain(int required, bool retained)
    {
        // Of four replays the first two are right.
        ScriptedSampler sampler = new((message, i) => message.EndsWith('x') ? "abc" : i < 2 ? "yes" : "no");

        ExtractionResult result = await LoopAsync(sampler, new() { ReplayCount = 4, RequiredSuccesses = required });

        result.Retained.Should().HaveCount(retained ? 1 : 0);
        result.ReplayTokens.Should().Be(4 + 4 + 3 + 3);
        if (retained) result.Retained[0].Replays.Select(r => r.Judgement.Verdict).Should().Equal(Verdict.Correct, Verdict.Correct, Verdict.Incorrect, Verdict.Incorrect);
        else result.Dropped.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Reason = DropReason.ReplayFailed, Detail = "2 of 4 replays were correct; 3 must be." });
    }

    [Test]
    public async Task Replay_Unverifiable_IsNoSuccess()
    {
        ScriptedSampler sampler = new((message, _) => message.EndsWith('x') ? "abc" : "yes");

        ExtractionResult result = await ExperienceExtractor.Create(sampler, Verifier.From((_, _) => Verdict.Unverifiable), Language).ExtractAsync([Group("q")], seed: 1);

        result.Retained.Should().BeEmpty();
        result.Dropped.Single().Reason.Should().Be(DropReason.ReplayFailed);
    }

    [Test]
    public async Task Replay_PromptTooLong_IsDroppedAndNotAsked()
    {
        ScriptedSampler sampler = new((message, _) => message.EndsWith('x') ? new string('e', 30) : "yes") { ContextTokens = 50 };

        ExtractionResult result = await LoopAsync(sampler, new() { ExtractionMaxTokens = 30, ReplayMaxTokens = 25 });

        result.Dropped.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Reason = DropReason.ReplayTooLong, Detail = "The replay prompt has 31 tokens; with 25 for the answer it exceeds the context of 50." });
        result.Dropped[0].Written!.Text.Should().HaveLength(30);
        sampler.Calls.Should().ContainSingle("only the extraction was asked for");
    }

    [Test]
    public async Task Replay_Options_ReachTheSampler()
    {
        ScriptedSampler sampler = new((message, _) => message.EndsWith('x') ? "abc" : "yes");

        await LoopAsync(sampler, new() { ReplayCount = 3, ReplayTemperature = 0.4, ReplayMaxTokens = 17 }, "q", "r");

        sampler.Calls[1].Options.Should().BeEquivalentTo(new SamplingOptions { Temperature = 0.4, MaxTokens = 17 });
        sampler.Calls[1].Requests.Select(r => r.Count).Should().Equal(3, 3);
        sampler.Calls.SelectMany(c => c.Requests).Select(r => r.Seed).Should().OnlyHaveUniqueItems("extraction and replay draw from different streams");
        ScriptedSampler.MessageOf(sampler.Calls[1].Requests[0]).Should().Be("abcq");
    }

    [Test]
    public async Task Replay_KeepsTheFiguresOfTheExtraction()
    {
        ScriptedSampler sampler = new((message, _) => message.EndsWith('x') ? message[0] == 'm' ? "m" : "abc" : "yes");
        StepClock clock = new(TimeSpan.FromSeconds(1));

        ExtractionResult result = await ExperienceExtractor.Create(sampler, new ExactAnswerVerifier(), Language, time: clock).ExtractAsync([Group("q"), Group("m")], seed: 1);

        result.Should().BeEquivalentTo(new { Pairs = 2, Candidates = 2, WellFormed = 1, Retention = 1.0, ExtractionDuration = TimeSpan.FromSeconds(1), ReplayDuration = TimeSpan.FromSeconds(2) });
        result.Dropped.Select(d => d.Reason).Should().Equal(DropReason.Malformed);
    }

    [Test]
    public async Task Loop_ValidationOff_RetainsWhateverIsWellFormed()
    {
        ScriptedSampler sampler = new((message, _) => message.EndsWith('x') ? "abc" : "no");

        ExtractionResult result = await LoopAsync(sampler, new() { Validate = false });

        result.Retained.Should().ContainSingle().Which.Replays.Should().BeEmpty();
        sampler.Calls.Should().ContainSingle();
    }

    [Test]
    public void Extractor_MoreSuccessesThanReplays_IsRefused()
        => FluentActions.Invoking(() => ExperienceExtractor.Create(new ScriptedSampler((_, _) => ""), new ExactAnswerVerifier(), Language, new() { ReplayCount = 2, RequiredSuccesses = 3 }))
            .Should().Throw<OptionsValidationException>().WithMessage("*RequiredSuccesses*must be at most ReplayCount = 2, got 3: no candidate could ever pass*");

    private static RolloutGroup Group(string question) => Trajectories.Group(new Prompt(question, question, "yes"), ["yes", "no"], 0);

    private static Task<ExtractionResult> LoopAsync(ScriptedSampler sampler, ExperienceOptions options, params string[] questions)
        => ExperienceExtractor.Create(sampler, new ExactAnswerVerifier(), Language, options).ExtractAsync([.. (questions.Length == 0 ? ["q"] : questions).Select(Group)], seed: 1);
}
