using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>Combinations that would train something else than they say, or nothing: all reasons are named when the trainer is made.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RunCompositionTests
{
    [Test]
    public void Trainer_SeveralThingsAreWrong_NamesAllAtOnce()
    {
        Algorithm algorithm = Algorithm.Grpo(o => (o.KlCoefficient, o.Aggregation, o.FixedLength) = (0.1, Aggregation.FixedLength, 1024)) with
        {
            Experiences = Loop, Shaper = new OverlongPenalty(new() { MaxTokens = 99 }),
        };
        TrainerOptions options = Options();
        options.Sampling.MaxTokens = 300;

        Problems(algorithm, options).Should().SatisfyRespectively(
            p => p.Should().StartWith("The algorithm 'grpo' extracts meta-experiences that nothing learns from"),
            p => p.Should().StartWith("The algorithm 'grpo' has a divergence term, but there is no policy to diverge from"),
            p => p.Should().StartWith("objective (ClippedSurrogateObjective): FixedLength is 1024, but the run samples up to 300 tokens"),
            p => p.Should().StartWith("shaper (OverlongPenalty): MaxTokens is 99, but the run samples up to 300 tokens"));
    }

    [Test]
    public void Trainer_OptionsAndPartsAreWrong_NamesBoth()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options();
        (options.Steps, options.GroupSize) = (0, 1);

        FluentActions.Invoking(() => new Trainer(policy, Judge, Algorithm.Dapo(o => o.KlCoefficient = 0.1), options)).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().SatisfyRespectively(
                f => f.Should().Be("Property Steps: must be at least 1, got 0"),
                f => f.Should().StartWith("GroupSize must be at least 2 with GroupRelativeAdvantage, got 1"),
                f => f.Should().StartWith("GroupSize must be at least 2 with DynamicSampling, got 1"),
                f => f.Should().StartWith("The algorithm 'dapo' has a divergence term"));
    }

    [Test]
    public void Trainer_FilterThatComparesLoneTrajectories_IsRefused()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options();
        options.GroupSize = 1;
        foreach (IGroupFilter filter in (IGroupFilter[])[new DynamicSampling(), new MeanRewardRange()])
            FluentActions.Invoking(() => new Trainer(policy, Judge, Algorithm.ReinforcePlusPlus() with { Filter = filter }, options))
                .Should().Throw<OptionsValidationException>().WithMessage($"GroupSize must be at least 2 with {filter.GetType().Name}, got 1*another filter.");
    }

    [Test]
    public void Trainer_PartInsideADecorator_IsAsked()
        => Problems(Learning(new Algorithm("own", new GroupRelativeAdvantage(),
                new DelegatingObjective(new CispoObjective(new() { Aggregation = Aggregation.FixedLength, FixedLength = 13 })))))
            .Should().ContainSingle().Which.Should().StartWith("objective.inner.inner (CispoObjective): FixedLength is 13, but the run samples up to 12 tokens");

    [Test]
    public void Trainer_FixedLengthThatNothingIsDividedBy_IsRefused()
        => Problems(Algorithm.Grpo(o => o.FixedLength = 12)).Should().ContainSingle()
            .Which.Should().StartWith("objective (ClippedSurrogateObjective): FixedLength is 12, but nothing is divided by it with Aggregation.TokenMean.");

    [TestCase(255, 0)]
    [TestCase(256, 1)]
    public void Trainer_LimitThatTheContextNeverLeavesRoomFor_IsWarnedOf(int maxTokens, int warnings)
    {
        using BigramPolicy policy = Policy();
        RecordingLogger<Trainer> logger = new();
        TrainerOptions options = Options();
        options.Sampling.MaxTokens = maxTokens;

        _ = new Trainer(policy, Judge, Algorithm.Grpo(), options, new TrainerParts { Logger = logger });

        logger.Events.Count(e => e.Id == 1105).Should().Be(warnings);
    }

    [Test]
    public void Trainer_FixedLengthThatIsTheLimitOfTheRun_IsAccepted()
        => Problems(Algorithm.DrGrpo(o => o.FixedLength = 12) with { Shaper = new OverlongPenalty(new() { MaxTokens = 12, BufferTokens = 12 }) }).Should().BeEmpty();

    [Test]
    public void Trainer_BufferLongerThanTheLongestResponse_IsRefused()
        => Problems(Algorithm.Dapo(overlong: o => o.BufferTokens = 13)).Should().ContainSingle()
            .Which.Should().StartWith("shaper (OverlongPenalty): BufferTokens is 13, but the longest response has 12 tokens");

    [TestCase(255, 255, true)]
    [TestCase(256, 255, false)]
    [TestCase(255, 256, false)]
    public void Trainer_ExperiencesThatNeverFit_AreRefused(int extraction, int replay, bool fits)
    {
        ExperienceOptions options = new() { ExtractionMaxTokens = extraction, ReplayMaxTokens = replay };
        Problems(Algorithm.Grpo().WithMetaExperience(null, options, new ToyExperienceLanguage())).Should().HaveCount(fits ? 0 : 1);
    }

    [Test]
    public void Trainer_ExperiencesOfLoneTrajectories_AreRefused()
    {
        TrainerOptions options = Options();
        options.GroupSize = 1;

        Problems(Learning(Algorithm.ReinforcePlusPlus()), options).Should().ContainSingle()
            .Which.Should().StartWith("experiences.inner (ContrastiveExperienceExtractor): GroupSize is 1");
    }

    [Test]
    public void Trainer_SourceOfExperiencesThatMakesNone_IsRefused()
        => Problems(Learning(Algorithm.Grpo()) with { Experiences = (_, _, _) => null! }).Should().ContainSingle()
            .Which.Should().Be("The algorithm 'grpo+me' has Experiences that made no extractor; return one.");

    [Test]
    public void Trainer_ReferenceThatIsThePolicy_IsRefused()
    {
        using BigramPolicy policy = Policy(), other = Policy();
        using Tensor view = policy.Parameters["logits"].detach();
        Algorithm algorithm = Algorithm.Grpo(o => o.KlCoefficient = 0.1);

        ProblemsWith(policy, algorithm, policy).Should().ContainSingle().Which.Should().StartWith("The reference policy is the policy that trains: it moves with");
        ProblemsWith(policy, algorithm, new DelegatingPolicy(policy)).Should().ContainSingle()
            .Which.Should().StartWith("The reference policy shares parameters that train with the policy, 'logits' for one: it moves");
        ProblemsWith(policy, algorithm, new Frozen(other, new Dictionary<string, Tensor> { ["head"] = view })).Should().ContainSingle()
            .Which.Should().StartWith("The reference policy shares parameters that train with the policy, 'head' for one");
        ProblemsWith(policy, algorithm, other).Should().BeEmpty("a copy of the same numbers stays where it is");
        ProblemsWith(policy, algorithm, new Frozen(other, null)).Should().BeEmpty("nobody can tell");
        ProblemsWith(policy, Algorithm.Grpo(), other).Should().BeEmpty("a divergence may be measured without acting");
    }

    [Test]
    public async Task Dapo_WithOverlongPenalty_DropsGroupsThatAreAllWrong()
    {
        Algorithm dapo = Algorithm.Dapo(overlong: o => o.BufferTokens = 6);

        Outcome wrong = await RunAsync(Options(steps: 1), dapo, withExperiences: false, verifier: Verifier.From((_, _) => false, requireTermination: false));
        Outcome mixed = await RunAsync(Options(steps: 1), dapo, withExperiences: false);

        wrong.Steps[0].Groups.Should().BeEmpty();
        mixed.Steps[0].Groups.Should().NotBeEmpty().And.OnlyContain(g => g.Verdicts.Distinct().Count() == 2);
        mixed.Steps[0].Groups.SelectMany(g => g.Rewards).Should().Contain(r => r < 0, "what is kept is shaped");
    }

    [Test]
    public async Task Rft_UnderAShaper_TrainsWhatIsCorrectByItsVerdict()
    {
        Outcome plain = await RunAsync(Options(steps: 2), Algorithm.Rft(), withExperiences: false);
        Outcome shaped = await RunAsync(Options(steps: 2), Algorithm.Rft() with { Shaper = new Halved() }, withExperiences: false);

        shaped.Parameters.Should().Equal(plain.Parameters).And.NotEqual(Snapshot());
    }

    [Test]
    public async Task Run_WhileTheTrainerIsRunning_IsRefused()
    {
        using BigramPolicy policy = Policy();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1));
        Task? second = null;
        await trainer.RunAsync(Questions(), new RecordingProgress(_ => second = trainer.RunAsync(Questions())));

        await FluentActions.Awaiting(() => second!).Should().ThrowAsync<InvalidOperationException>().WithMessage("The trainer is in the middle of a run*");
        (await trainer.RunAsync(Questions())).Steps.Should().Be(1, "one run after the other is allowed");
    }

    [Test]
    public async Task Run_FailedBefore_MayBeStartedAgain()
    {
        using BigramPolicy policy = Policy();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1));
        await FluentActions.Awaiting(() => trainer.RunAsync(Questions(), new RecordingProgress(_ => throw new IOException("full")))).Should().ThrowAsync<IOException>();

        (await trainer.RunAsync(Questions())).Steps.Should().Be(1);
    }

    [Test]
    public async Task Run_ReceiverThatPostsItsReports_IsWarnedOf()
    {
        using BigramPolicy policy = Policy();
        RecordingLogger<Trainer> logger = new();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1), new TrainerParts { Logger = logger });

        await trainer.RunAsync(Questions(), new Progress<StepReport>());
        await trainer.RunAsync(Questions(), new RecordingProgress(_ => { }));

        logger.Events.Where(e => e.Id == 1207).Should().ContainSingle().Which.Message.Should().Contain("implement IProgress<StepReport>, or IRunService");
    }

    [Test]
    public async Task Parts_ChangedAfterTheTrainerWasMade_HaveNoEffect()
    {
        using BigramPolicy policy = Policy();
        TrainerParts parts = new();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1), parts);
        RecordingProgress progress = new();

        parts.Reference = policy;
        await trainer.RunAsync(Questions(), progress);

        progress.Reports[0].Groups[0].Trajectories[0].ReferenceLogProbs.IsEmpty.Should().BeTrue();
    }

    private static float[] Snapshot()
    {
        using BigramPolicy policy = Policy();
        return policy.Snapshot();
    }

    private static IReadOnlyList<string> Problems(Algorithm algorithm, TrainerOptions? options = null)
    {
        using BigramPolicy policy = Policy();
        return ProblemsWith(policy, algorithm, null, options);
    }

    private static IReadOnlyList<string> ProblemsWith(IPolicy policy, Algorithm algorithm, IPolicy? reference, TrainerOptions? options = null)
    {
        try
        {
            _ = new Trainer(policy, Judge, algorithm, options ?? Options(), new TrainerParts { Reference = reference });
            return [];
        }
        catch (RunCompositionException e)
        {
            e.Problems.Should().OnlyContain(p => e.Message.Contains(p, StringComparison.Ordinal));
            return e.Problems;
        }
    }

    /// <summary>A policy that shows the tensors it is given, or none.</summary>
    private sealed class Frozen(IPolicy inner, IReadOnlyDictionary<string, Tensor>? tensors) : DelegatingPolicy(inner)
    {
        public override IReadOnlyDictionary<string, Tensor> Parameters => tensors ?? throw new NotSupportedException("It is somewhere else.");

        public override ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => throw new InvalidOperationException("A reference is not sampled.");
    }

    private sealed class Halved : IRewardShaper
    {
        public RolloutGroup Shape(RolloutGroup group) => group with { Rewards = [.. group.Rewards.Select(r => r / 2)] };
    }
}
