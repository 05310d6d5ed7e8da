using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Core.Tests.Training;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Memory;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Memory;

/// <summary>The memory within a run: who votes, what is rehearsed, and that a run that was stopped goes on as if it had not been.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RememberingExtractorTests
{
    private static readonly RolloutGroup Group = Trajectories.Group(new Prompt("q", "q", "1"), ["good", "bad"], 0);

    [Test]
    public async Task Extract_ExperiencesThatAgree_AreRehearsedAfterTheCueAlone()
    {
        string[] written = ["12add", "34add", "56sub", "78Add."];
        ExperienceMemory memory = new();
        RememberingExtractor extractor = Extractor(memory, written);

        ExtractionResult first = await extractor.ExtractAsync(new ExtractionRequest([Group], 1, step: 1));
        ExtractionResult second = await extractor.ExtractAsync(new ExtractionRequest([Group], 1, step: 2));

        // The toy language recalls every heuristic after 'r', so there is one key; case and the full stop make no other answer.
        first.Rehearsals.Should().ContainSingle();
        ScriptedSampler.MessageOf(first.Rehearsals[0].Sequence.Context).Should().Be("r");
        first.Rehearsals[0].Sequence.Response.ToArray().Should().Equal([.. Trajectories.Tokens("Add."), Trajectories.Stop]);
        memory.Snapshot().Single().Answers.Should().Equal(new AnswerVotes("add", 6), new AnswerVotes("sub", 2));
        second.Figures.Should().Equal(new Dictionary<string, double> { [MetricNames.MemoryKeys] = 1, [MetricNames.MemoryTrusted] = 1 });
        second.Retained.Should().HaveCount(4, "they are there for whoever else learns from them");
        second.Rehearsals[0].Sequence.Response.ToArray().Should().Equal([.. Trajectories.Tokens("add"), Trajectories.Stop], "wordings take turns");
    }

    [TestCase(0.0, 0.0)]
    [TestCase(0.4, 0.8)]
    public async Task Extract_FailedReplays_HaveThePartOfAVoteThatTheOptionsSay(double votes, double expected)
    {
        ExperienceMemory memory = new(new() { FailedReplayVotes = votes });
        DroppedExperience Failed(DropReason reason) => new(Pair, reason, "no")
        {
            Written = Trajectories.Of("12add"), Sections = new ToyExperienceLanguage().Parse("12add").Sections,
        };
        Fixed inner = new(new ExtractionResult { Dropped = [Failed(DropReason.ReplayFailed), Failed(DropReason.ReplayFailed), Failed(DropReason.ReplayTooLong)] });
        await new RememberingExtractor(inner, new ScriptedSampler((_, _) => ""), memory, new ToyExperienceLanguage())
            .ExtractAsync(new ExtractionRequest([Group], 1, 1));

        memory.Snapshot().Sum(k => k.Votes).Should().Be(expected);
    }

    [Test]
    public async Task Run_StoppedAndResumed_EqualsOneThatWasNot()
    {
        using TemporaryFolder folder = new();
        TrainerOptions whole = TinyRun.Options(steps: 8), part = TinyRun.Options(steps: 4);
        part.CheckpointFolder = folder.Path;
        TinyRun.Outcome expected = await RunAsync(whole);
        await RunAsync(part);
        part.Steps = 8;

        TinyRun.Outcome resumed = await RunAsync(part);

        expected.Steps[3].Experiences.Rehearsals.Should().NotBeEmpty("the comparison must cover the memory");
        resumed.Steps.Select(s => s.Step).Should().Equal(5, 6, 7, 8);
        resumed.Parameters.Should().Equal(expected.Parameters);
        resumed.Steps.Select(TinyRun.Figures).Should().BeEquivalentTo(expected.Steps.Skip(4).Select(TinyRun.Figures), o => o.WithStrictOrdering());
        resumed.Steps[^1].Metrics.Should().ContainKeys(MetricNames.MemoryKeys, MetricNames.MemoryTrusted, MetricNames.RehearsalNll);
    }

    [Test]
    public async Task Resume_WithOtherVotes_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = TinyRun.Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Steps = 2;

        await FluentActions.Awaiting(() => RunAsync(options, new() { MinimumVotes = 3 })).Should().ThrowAsync<CheckpointException>()
            .WithMessage("*experiences.memory.MinimumVotes was 1 and is 3*");
    }

    [Test]
    public void Algorithm_MetaExperienceAfterTheMemory_IsRefused_BeforeIt_Keeps()
    {
        Algorithm memory = Algorithm.Grpo().WithExperienceMemory();
        FluentActions.Invoking(() => memory.WithMetaExperience(extraction: new())).Should().Throw<InvalidOperationException>().WithMessage("*Call WithMetaExperience first*");
        Algorithm both = Algorithm.Grpo().WithMetaExperience(extraction: new() { Validate = true }).WithExperienceMemory();
        both.Name.Should().Be("grpo+me+memory");
        RunIdentity identity = new();
        identity.Add("experiences", both.Experiences!(new ScriptedSampler((_, _) => ""), TinyRun.Judge, TimeProvider.System));
        identity.Values["experiences.inner"].Should().Be(nameof(ReplayValidatedExtractor));
        identity.States.Keys.Should().Equal("experiences.memory");
    }

    private static ContrastivePair Pair => new(0, Group, 0, 1);

    private static RememberingExtractor Extractor(ExperienceMemory memory, params string[] written)
    {
        ToyExperienceLanguage language = new();
        MetaExperience[] experiences =
        [
            .. written.Select(text => new MetaExperience(
                Pair, Trajectories.Tokens("x"), Trajectories.Of(text), language.Parse(text).Sections!, Trajectories.Tokens("r"))),
        ];
        return new RememberingExtractor(new Fixed(new ExtractionResult { Retained = experiences }), new ScriptedSampler((_, _) => ""), memory, language);
    }

    private static Task<TinyRun.Outcome> RunAsync(TrainerOptions options, ExperienceMemoryOptions? memory = null)
    {
        ExperienceOptions extraction = TinyRun.ExperienceOptions();
        extraction.Validate = false;
        Algorithm algorithm = Algorithm.Grpo().WithExperienceMemory(memory ?? new() { MinimumVotes = 1, MinimumShare = 0, VoteDecay = 0.9 }, extraction, new ToyExperienceLanguage());
        return TinyRun.RunAsync(options, algorithm, withExperiences: false);
    }

    private sealed class Fixed(ExtractionResult result) : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default) => Task.FromResult(result);
    }
}
