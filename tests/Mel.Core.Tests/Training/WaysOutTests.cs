using Mel.Advantages;
using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>Whatever ends a run: the steps that were completed are in its checkpoint, and the run goes on from there as if nothing had happened.</summary>
[TestFixture, NoTensorLeaks]
public sealed class WaysOutTests
{
    private const int Calls = 4 * 8 * 3;

    public enum Part { Verifier, Estimator, Extractor, Shaper, Filter, Objective, ServiceInStep, ServiceInReport, Progress }

    [Test]
    public async Task Run_PartThrowsInAStep_LetsItsExceptionThrough_WithTheCompletedStepsSaved([Values] Part part)
    {
        using TemporaryFolder folder = new();
        Trip trip = new(part, isArmed: true), harmless = new(part, isArmed: false);
        Outcome expected = await RunAsync(Options(steps: 6), Broken(part, harmless), withExperiences: false, verifier: harmless.Verifier);
        TrainerOptions options = Options(steps: 6);
        options.CheckpointFolder = folder.Path;
        RecordingLogger<Trainer> logger = new();

        (await FluentActions.Awaiting(() => RunAsync(options, Broken(part, trip), withExperiences: false, verifier: trip.Verifier, parts: trip.Parts(logger), then: trip.Progress))
            .Should().ThrowAsync<HttpRequestException>()).WithMessage("502");

        // Step 4 was complete when a service or the progress failed; any other part failed before it was.
        int done = part is Part.ServiceInStep or Part.ServiceInReport or Part.Progress ? 4 : 3;
        logger.Events.Should().ContainSingle(e => e.Message.StartsWith("Step 4: the ", StringComparison.Ordinal) && e.Message.EndsWith("HttpRequestException: 502", StringComparison.Ordinal));
        Outcome resumed = await RunAsync(options, Broken(part, harmless), withExperiences: false, verifier: harmless.Verifier, parts: harmless.Parts(null));
        // A service that did not come to the end of its work on a step is shown that step once more.
        int from = part is Part.ServiceInStep ? done : done + 1;
        resumed.Steps.Select(s => s.Step).Should().Equal(Enumerable.Range(from, 7 - from));
        resumed.Parameters.Should().Equal(expected.Parameters);
    }

    [Test]
    public async Task Run_UpdateFailsBetweenTwoMiniBatches_SavesNothingHalf_AndSaysSo()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 6);
        (options.CheckpointFolder, options.CheckpointEverySteps, options.MiniBatchPrompts) = (folder.Path, 2, 2);
        RecordingLogger<Trainer> logger = new();
        int batches = 0;
        Algorithm failing = Algorithm.Grpo() with
        {
            Objective = new Tripping(new ClippedSurrogateObjective(), () => { if (++batches == 8) throw new HttpRequestException("502"); }),
        };

        await FluentActions.Awaiting(() => RunAsync(options, failing, withExperiences: false, parts: new() { Logger = logger })).Should().ThrowAsync<HttpRequestException>();

        logger.Events.Should().Contain(e => e.Message.Contains("Step 4 was interrupted between two updates", StringComparison.Ordinal)
            && e.Message.EndsWith("the newest checkpoint is that of step 2", StringComparison.Ordinal));
        Outcome resumed = await RunAsync(options, failing, withExperiences: false);
        resumed.Steps.Select(s => s.Step).Should().Equal(3, 4, 5, 6);
    }

    [Test]
    public async Task Run_NoFiniteGradientTenTimesInARow_EndsWithTheLastGoodWeights()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 30);
        options.CheckpointFolder = folder.Path;
        float[] good = (await RunAsync(Options(steps: 4), Broken(Part.Objective, new Trip(Part.Objective, isArmed: false)), withExperiences: false)).Parameters;
        using BigramPolicy policy = Policy();
        int batches = 0;
        Algorithm nan = Algorithm.Grpo() with { Objective = new Tripping(new ClippedSurrogateObjective(), () => batches++, () => batches > 4 ? double.NaN : 1) };

        DivergedException ended = (await FluentActions.Awaiting(() => RunAsync(options, nan, policy, withExperiences: false)).Should().ThrowAsync<DivergedException>())
            .WithMessage("Step 14: 10 updates in a row had no finite gradient*last good update*").Which;

        (ended.Step, ended.Updates).Should().Be((14, 10));
        policy.Snapshot().Should().Equal(good);
        // The steps without an update are completed ones. The run goes on from the last of them, and remembers how many were skipped.
        (await FluentActions.Awaiting(() => RunAsync(options, nan, withExperiences: false)).Should().ThrowAsync<DivergedException>()).Which.Step.Should().Be(14);
    }

    [Test]
    public async Task Run_UpdatesWithoutFiniteGradientNowAndThen_GoOn()
    {
        TrainerOptions options = Options(steps: 12);
        options.MaxNonFiniteUpdates = 2;
        int batches = 0;
        Algorithm sometimes = Algorithm.Grpo() with { Objective = new Tripping(new ClippedSurrogateObjective(), () => batches++, () => batches % 2 == 0 ? double.NaN : 1) };

        (await RunAsync(options, sometimes, withExperiences: false)).Steps.Should().HaveCount(12);
    }

    [Test]
    public async Task Run_CheckpointCannotBeWrittenForAWhile_TriesAgainAfterEveryStep()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 6);
        (options.CheckpointFolder, options.CheckpointEverySteps) = (folder.Path, 3);
        RecordingLogger<Trainer> logger = new();
        string blocked = folder.File("run.next.safetensors");

        Outcome run = await RunAsync(options, then: report =>
        {
            if (report.Step == 2) Directory.CreateDirectory(blocked);
            if (report.Step == 4) Directory.Delete(blocked);
            if (report.Step == 5) File.Exists(folder.File("run.safetensors")).Should().BeTrue("step 4 tried again");
        }, parts: new() { Logger = logger });

        run.Steps.Should().HaveCount(6);
        logger.Events.Should().ContainSingle(e => e.Message.Contains("Step 3: the checkpoint could not be written", StringComparison.Ordinal)
            && e.Message.EndsWith("the run ends if it cannot be written by step 6", StringComparison.Ordinal));
    }

    [Test]
    public async Task Run_CheckpointCannotBeWrittenUntilTheNextIsDue_Ends()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 9);
        (options.CheckpointFolder, options.CheckpointEverySteps) = (folder.Path, 2);
        int last = 0;

        (await FluentActions.Awaiting(() => RunAsync(options, then: report =>
        {
            last = report.Step;
            if (report.Step == 3) Directory.CreateDirectory(folder.File("run.next.safetensors"));
        })).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*the checkpoint of step 6 could not be written (*); the newest one is that of step 2. Make room or mend the folder*");
        last.Should().Be(6);
    }

    [Test]
    public async Task Run_CanceledByAToken_IsCanceled_ButAForeignCancellationIsAFailure()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 5);
        options.CheckpointFolder = folder.Path;
        int calls = 0;
        IVerifier remote = Verifier.From((Prompt p, Trajectory t) => Interlocked.Increment(ref calls) > 40
            ? throw new TaskCanceledException("HttpClient.Timeout of 10 seconds elapsing", new TimeoutException())
            : Verdict.Incorrect);

        (await FluentActions.Awaiting(() => RunAsync(options, Algorithm.Grpo(), withExperiences: false, verifier: remote)).Should().ThrowAsync<TimeoutException>())
            .WithInnerException<TaskCanceledException>();
        File.Exists(folder.File("run.safetensors")).Should().BeTrue("step 1 was completed");
    }

    private static Algorithm Broken(Part part, Trip trip)
    {
        Action then = trip.Maybe;
        Algorithm grpo = Algorithm.Grpo();
        return part switch
        {
            Part.Estimator => grpo with { Advantages = new TrippingEstimator(grpo.Advantages, then) },
            Part.Objective => grpo with { Objective = new Tripping(grpo.Objective, then) },
            Part.Shaper => grpo with { Shaper = new TrippingShaper(then) },
            Part.Filter => grpo with { Filter = new TrippingFilter(then) },
            Part.Extractor => Learning(grpo) with { Experiences = (sampler, verifier, time) => new TrippingExtractor(Loop(sampler, verifier, time), then) },
            _ => grpo,
        };
    }

    /// <summary>Throws in the fourth step, from the part it is told.</summary>
    private sealed class Trip(Part part, bool isArmed)
    {
        private int _calls;

        public IVerifier Verifier => part == Part.Verifier
            ? Mel.Verification.Verifier.From((prompt, text) => Interlocked.Increment(ref _calls) > Calls && isArmed ? throw new HttpRequestException("502") : text.StartsWith(prompt.Answer, StringComparison.Ordinal))
            : Judge;

        public void Maybe()
        {
            // Shaper and filter are asked four times a step, the others once.
            int perStep = part is Part.Shaper or Part.Filter ? 4 : 1;
            if (++_calls > 3 * perStep && isArmed) throw new HttpRequestException("502");
        }

        public void Progress(StepReport report)
        {
            if (part == Part.Progress) Maybe();
        }

        public TrainerParts Parts(RecordingLogger<Trainer>? logger) => new()
        {
            Logger = logger,
            Services = part is Part.ServiceInStep or Part.ServiceInReport ? [new TrippingService(part, Maybe)] : [],
        };
    }

    private sealed class Tripping(IObjective inner, Action then, Func<double>? factor = null) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
        {
            then();
            return factor is null ? base.Terms(batch) : [.. base.Terms(batch).Select(t => new Scaled(t, factor()))];
        }

        private sealed class Scaled(ILossTerm inner, double factor) : ILossTerm
        {
            public string Name => inner.Name;

            public TermScaling Scaling => inner.Scaling;

            public IReadOnlyList<ScoringRow> Rows => inner.Rows;

            public TermValue Evaluate(ScoredRows rows)
            {
                TermValue value = inner.Evaluate(rows);
                return new TermValue(value.Loss * factor, value.Metrics);
            }
        }
    }

    private sealed class TrippingEstimator(IAdvantageEstimator inner, Action then) : DelegatingAdvantageEstimator(inner)
    {
        public override ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        {
            then();
            return base.EstimateAsync(rollouts, cancellationToken);
        }
    }

    private sealed class TrippingShaper(Action then) : IRewardShaper
    {
        public RolloutGroup Shape(RolloutGroup group)
        {
            then();
            return group;
        }
    }

    private sealed class TrippingFilter(Action then) : IGroupFilter
    {
        public bool Keep(RolloutGroup group)
        {
            then();
            return true;
        }
    }

    private sealed class TrippingExtractor(IExperienceExtractor inner, Action then) : DelegatingExperienceExtractor(inner)
    {
        public override Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        {
            then();
            return base.ExtractAsync(request, cancellationToken);
        }
    }

    private sealed class TrippingService(Part part, Action then) : IRunService
    {
        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            if (part == Part.ServiceInStep) then();
            return ValueTask.CompletedTask;
        }

        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            if (part == Part.ServiceInReport) then();
            return ValueTask.CompletedTask;
        }
    }
}
