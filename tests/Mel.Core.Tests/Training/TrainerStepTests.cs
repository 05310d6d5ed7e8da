using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class TrainerStepTests
{
    private static readonly IVerifier NothingIsRight = Verifier.From((_, _) => Verdict.Incorrect);

    [TestCase("grpo")]
    [TestCase("reinforce++")]
    [TestCase("rft")]
    public async Task Step_WithoutSignal_IsReportedAndLeavesThePolicy(string name)
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        RecordingLogger<Trainer> logger = new();

        Outcome run = await RunAsync(Options(steps: 1), Algorithm.Named(name).WithMetaExperience(), policy, verifier: NothingIsRight, parts: new() { Logger = logger });

        run.Steps.Single().HasSignal.Should().BeFalse();
        logger.Events.Should().ContainSingle(e => e.Id == 1201).Which.Should().BeEquivalentTo(
            new { Level = LogLevel.Warning, Message = "Step 1: no trajectory and no experience carries a gradient (reward 0); the optimizer step is skipped" });
        policy.Snapshot().Should().Equal(before);
        run.Steps[0].Metrics[MetricNames.GradientNorm].Should().Be(0);
        run.Steps[0].Metrics[MetricNames.FractionZeroStd].Should().Be(1);
    }

    [Test]
    public async Task Step_ExperienceOfAGroupThatIsNotThere_IsRefusedBeforeThePolicyChanges()
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo().WithMetaExperience() with { Experiences = (_, _, _) => new StrayExtractor() }, Options(steps: 1));

        await FluentActions.Awaiting(() => trainer.RunAsync(Questions())).Should().ThrowAsync<InvalidOperationException>().WithMessage("The extractor StrayExtractor retained an experience of group 4, but was given 4 groups*");

        policy.Snapshot().Should().Equal(before);
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public async Task Step_GradientIsNotFinite_LeavesThePolicy(float factor)
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        RecordingLogger<Trainer> logger = new();
        Algorithm algorithm = Algorithm.Grpo() with { Objective = new ScaledObjective(new ClippedSurrogateObjective(), factor) };

        Outcome run = await RunAsync(Options(steps: 1), algorithm, policy, withExperiences: false, parts: new() { Logger = logger });

        run.Steps[0].HasSignal.Should().BeFalse();
        policy.Snapshot().Should().Equal(before);
        logger.Events.Should().ContainSingle(e => e.Id == 1202).Which.Level.Should().Be(LogLevel.Error);
        logger.Events.Should().NotContain(e => e.Id == 1201, "there was a gradient, only no usable one");
    }

    [Test]
    public async Task Step_OneTermIsNotFiniteUnderRatioScaling_LeavesThePolicy()
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        MetaExperienceOptions options = new() { Scaling = TermScalingKind.GradientNormRatio, Weight = 0.5 };
        Algorithm algorithm = Algorithm.Grpo().WithMetaExperience(options);
        algorithm = algorithm with { Objective = new ScaledObjective(algorithm.Objective, float.NaN, MetaExperienceObjective.TermName) };

        Outcome run = await RunAsync(Options(steps: 1), algorithm, policy);

        run.Steps[0].Experiences.Retained.Should().NotBeEmpty();
        run.Steps[0].HasSignal.Should().BeFalse();
        policy.Snapshot().Should().Equal(before);
    }

    [Test]
    public void Trainer_GroupOfOneWithAnEstimatorThatCompares_IsRefused()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options();
        options.GroupSize = 1;

        FluentActions.Invoking(() => new Trainer(policy, Judge, Algorithm.Grpo(), options)).Should().Throw<OptionsValidationException>()
            .WithMessage("GroupSize must be at least 2 with GroupRelativeAdvantage, got 1: a lone trajectory has no group to be compared with. Raise the group size or choose another estimator.");
    }

    [TestCase("reinforce++")]
    [TestCase("rft")]
    public async Task Trainer_GroupOfOneWithAnEstimatorThatDoesNotCompare_Trains(string name)
    {
        TrainerOptions options = Options(steps: 4);
        (options.GroupSize, options.PromptsPerStep) = (1, 24);

        Outcome run = await RunAsync(options, Algorithm.Named(name), withExperiences: false);

        run.Steps.Should().Contain(s => s.HasSignal);
    }

    [Test]
    public void Trainer_DivergenceWithoutReference_SaysWhatIsMissing()
    {
        using BigramPolicy policy = Policy();

        foreach (Algorithm algorithm in new[] { Algorithm.Grpo(o => o.KlCoefficient = 0.1), Algorithm.Grpo().WithKlInReward(0.1), Algorithm.ReinforcePlusPlus(null, o => o.KlCoefficient = 0.1) })
        {
            FluentActions.Invoking(() => new Trainer(policy, Judge, algorithm, Options(steps: 1))).Should().Throw<ArgumentException>()
                .WithMessage($"The algorithm '{algorithm.Name}' has a divergence term, but there is no policy to diverge from; set TrainerParts.Reference.");
        }
    }

    /// <summary>Multiplies the loss of one term, or of all.</summary>
    private sealed class ScaledObjective(IObjective inner, float factor, string? term = null) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [.. base.Terms(batch).Select(t => term is null || t.Name == term ? new ScaledTerm(t, factor) : t)];
    }

    private sealed class ScaledTerm(ILossTerm inner, float factor) : ILossTerm
    {
        public string Name => inner.Name;

        public TermScaling Scaling => inner.Scaling;

        public IReadOnlyList<ScoringRow> Rows => inner.Rows;

        public IReadOnlyList<ObjectiveMetric> Metrics => inner.Metrics;

        public TermValue Evaluate(ScoredRows scored)
        {
            TermValue value = inner.Evaluate(scored);
            return value with { Loss = value.Loss * factor };
        }
    }

    /// <summary>Breaks the contract: its experience belongs to a group that it was not given.</summary>
    private sealed class StrayExtractor : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        {
            RolloutGroup group = request.Groups[0];
            Trajectory written = group.Trajectories[0];
            TextSpan all = new(0, written.Text.Length);
            MetaExperience experience = new(new ContrastivePair(request.Groups.Count, group, 0, 0), group.PromptTokenIds, written, new ExperienceSections(all, all, all), group.PromptTokenIds);
            return Task.FromResult(new ExtractionResult { Retained = [experience], Pairs = 1, Candidates = 1, WellFormed = 1 });
        }
    }
}
