using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class RunServiceTests
{
    [Test]
    public async Task Services_AreCalledInTheirOrder_StageByStage()
    {
        List<string> calls = [];

        await RunAsync(Options(steps: 2), parts: With(new Recorder("a", calls), new Recorder("b", calls)), then: r => calls.Add($"progress {r.Step}"));

        calls.Should().Equal(
            "a start 0", "b start 0",
            "a step 1", "b step 1", "a report 1", "b report 1", "progress 1",
            "a step 2", "b step 2", "a report 2", "b report 2", "progress 2",
            "a end 2 Completed", "b end 2 Completed");
    }

    [Test]
    public async Task AddMetric_InStep_ReachesFileAndProgress()
    {
        using TemporaryFolder folder = new();
        Outcome run;

        using (MetricsFile file = new(folder.File("metrics.jsonl")))
            run = await RunAsync(Options(steps: 2),
                parts: With(file, new Acting(step: (context, report) => context.AddMetric("eval/score", report.Step / 4.0))));

        run.Steps.Select(s => s.Metrics["eval/score"]).Should().Equal(0.25, 0.5);
        File.ReadAllLines(folder.File("metrics.jsonl"))
            .Should().SatisfyRespectively(l => l.Should().Contain("\"eval/score\":0.25"), l => l.Should().Contain("\"eval/score\":0.5"));
    }

    [Test]
    public async Task AddMetric_WhenFiguresAreComplete_IsRefused()
    {
        Func<Task> tooLate = () => RunAsync(Options(steps: 1), parts: With(new Acting(report: (context, _) => context.AddMetric("late", 1)))),
            tooEarly = () => RunAsync(Options(steps: 1), parts: With(new Acting(start: context => context.AddMetric("early", 1))));

        (await tooLate.Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("'late' comes too late: figures are added in StepAsync, before they are written down.");
        await tooEarly.Should().ThrowAsync<InvalidOperationException>();
    }

    [Test]
    public async Task RequestStop_EndsAfterTheStep_WithReasonAndCheckpoint()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 5);
        options.CheckpointFolder = folder.Path;
        List<string> calls = [];
        Acting stops = new(step: (context, report) =>
        {
            if (report.Step < 2) return;
            context.RequestStop("good enough");
            context.RequestStop("the first reason counts");
        });

        RecordingLogger<Trainer> logger = new();
        Outcome run = await RunAsync(options, parts: new() { Services = [stops, new Recorder("a", calls)], Logger = logger });

        run.Report.Should().BeEquivalentTo(new { Steps = 2, StopReason = "good enough" });
        run.Steps.Should().HaveCount(2, "the step is reported before the run ends");
        calls[^1].Should().Be("a end 2 Stopped");
        logger.Events.Should().ContainSingle(e => e.Id == 1204).Which.Message.Should().Be("The run stops after step 2: good enough");
        Outcome rest = await RunAsync(options);
        rest.Steps.Select(s => s.Step).Should().Equal(3, 4, 5);
        rest.Parameters.Should().Equal((await RunAsync(Options(steps: 5))).Parameters);
        rest.Report.StopReason.Should().BeNull();
    }

    [Test]
    public async Task State_OfAService_IsRestoredOnResume()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options, parts: With(new Counting()));
        options.Steps = 5;
        Counting resumed = new();

        await RunAsync(options, parts: With(resumed));

        (resumed.AtStart, resumed.Steps).Should().Be((2, 5));
    }

    [Test]
    public async Task State_OfAServiceTheCheckpointDoesNotKnow_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Steps = 2;

        (await FluentActions.Awaiting(() => RunAsync(options, parts: With(new Counting()))).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*services.Counting*does not hold the state of this part*");
    }

    [Test]
    public async Task Services_ChangeNoFigureOfTheRun()
    {
        Outcome without = await RunAsync(Options(steps: 3)),
            with = await RunAsync(Options(steps: 3), parts: With(new Counting(), new Recorder("a", []), new Acting()));

        with.Parameters.Should().Equal(without.Parameters);
        with.Steps.Select(Figures).Should().BeEquivalentTo(without.Steps.Select(Figures), o => o.WithStrictOrdering());
    }

    [Test]
    public async Task End_AfterAFailure_IsCalledForAllWithTheCause()
    {
        List<string> calls = [];
        InvalidOperationException cause = new("broken");
        Exception? seen = null;
        Acting breaks = new(step: (_, _) => throw cause, end: context => seen = context.Failure);

        (await FluentActions.Awaiting(() => RunAsync(Options(steps: 3), parts: With(new Recorder("a", calls), breaks, new Recorder("b", calls))))
            .Should().ThrowAsync<InvalidOperationException>()).Which.Should().BeSameAs(cause);

        seen.Should().BeSameAs(cause);
        calls.Should().Equal("a start 0", "b start 0", "a step 1", "a end 1 Failed", "b end 1 Failed");
    }

    [Test]
    public async Task End_AfterCancellation_IsCalledForAll()
    {
        List<string> calls = [];
        using CancellationTokenSource stop = new();

        await FluentActions.Awaiting(() => RunAsync(Options(steps: 3), parts: With(new Recorder("a", calls)), then: _ => stop.Cancel(),
            cancellationToken: stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        calls.Should().Equal("a start 0", "a step 1", "a report 1", "a end 1 Canceled");
    }

    [Test]
    public async Task End_OneThatThrows_KeepsNoOtherFromEnding_AndHidesNoFailure()
    {
        List<string> calls = [];
        Acting throws = new(end: _ => throw new TimeoutException());

        await FluentActions.Awaiting(() => RunAsync(Options(steps: 1), parts: With(throws, new Recorder("a", calls)))).Should().ThrowAsync<TimeoutException>();
        calls[^1].Should().Be("a end 1 Completed");
        await FluentActions.Awaiting(() => RunAsync(Options(steps: 1), parts: With(throws, new Acting(start: _ => throw new FormatException()))))
            .Should().ThrowAsync<FormatException>();
    }

    [Test]
    public async Task Save_ToAFolderOfTheServicesChoice_IsACheckpointOfTheStep()
    {
        using TemporaryFolder folder = new();
        string best = folder.File("best");

        await RunAsync(Options(steps: 3), parts: With(new Acting(report: (context, report) =>
        {
            if (report.Step == 2) context.Save(best);
        })));

        TrainerOptions options = Options(steps: 3);
        options.CheckpointFolder = best;
        (await RunAsync(options)).Steps.Select(s => s.Step).Should().Equal(3);
        await FluentActions.Awaiting(() => RunAsync(Options(steps: 1), parts: With(new Acting(report: (context, _) => context.Save()))))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("There is no folder to save to*");
    }

    private static TrainerParts With(params IReadOnlyList<IRunService> services) => new() { Services = services };

    private sealed class Recorder(string name, List<string> calls) : IRunService
    {
        public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken) => Add($"start {run.State.Step}");

        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => Add($"step {report.Step}");

        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => Add($"report {report.Step}");

        public ValueTask EndAsync(RunContext run) => Add($"end {run.State.Step} {run.End}");

        private ValueTask Add(string call)
        {
            calls.Add($"{name} {call}");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Acting(
        Action<RunContext>? start = null, Action<RunContext, StepReport>? step = null, Action<RunContext, StepReport>? report = null,
        Action<RunContext>? end = null) : IRunService
    {
        public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken) => Done(() => start?.Invoke(run));

        public ValueTask StepAsync(RunContext run, StepReport stepReport, CancellationToken cancellationToken) => Done(() => step?.Invoke(run, stepReport));

        public ValueTask ReportAsync(RunContext run, StepReport stepReport, CancellationToken cancellationToken) => Done(() => report?.Invoke(run, stepReport));

        public ValueTask EndAsync(RunContext run) => Done(() => end?.Invoke(run));

        private static ValueTask Done(Action action)
        {
            action();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Counts steps over all processes of a run.</summary>
    private sealed class Counting : IRunService, IRunState
    {
        public int AtStart { get; private set; } = -1;

        public int Steps { get; private set; }

        public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
        {
            AtStart = Steps;
            return ValueTask.CompletedTask;
        }

        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            Steps++;
            return ValueTask.CompletedTask;
        }

        public ReadOnlyMemory<byte> SaveState() => BitConverter.GetBytes(Steps);

        public void LoadState(ReadOnlyMemory<byte> state) => Steps = BitConverter.ToInt32(state.Span);
    }
}
