using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Services;

/// <summary>When a checkpoint of the run is due, and which services a run may gain or lose when it goes on from one.</summary>
[TestFixture, NoTensorLeaks]
public sealed class CheckpointIntervalTests
{
    // Ten minutes a step. By time alone: after steps 3, 6, 9, ... (30 minutes). Steps of 4 add their own, and the time then counts from there.
    [TestCase(30, 100, "3 6 9 10")]
    [TestCase(30, 4, "3 4 7 8 10")]
    [TestCase(25, 100, "3 6 9 10")]
    [TestCase(null, 4, "4 8 10")]
    [TestCase(5, 100, "1 2 3 4 5 6 7 8 9 10")]
    public async Task Checkpoint_IsDueByStepsAndByTime(int? minutes, int steps, string expected)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 10);
        (options.CheckpointFolder, options.CheckpointEverySteps) = (folder.Path, steps);
        options.CheckpointInterval = minutes is { } m ? TimeSpan.FromMinutes(m) : null;
        RecordingLogger<Trainer> logger = new();
        ManualClock clock = new();

        await RunAsync(options, parts: new() { Services = [new Waiting(clock)], Time = clock, Logger = logger });

        string.Join(' ', logger.Events.Where(e => e.Id == 1401).Select(e => e.Message.Split(' ')[3])).Should().Be(expected);
    }

    [Test]
    public void Interval_NotPositive_IsRefused()
        => FluentActions.Awaiting(() => RunAsync(new TrainerOptions { CheckpointInterval = TimeSpan.Zero })).Should().ThrowAsync<OptionsValidationException>()
            .Result.WithMessage("Property CheckpointInterval: must be greater than 0, got 00:00:00; leave it out to go by steps alone");

    [Test]
    public async Task Resume_WithAServiceMoreOrLess_GoesOnWhereItIsAllowed()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Steps = 2;
        EarlyStop stop = new(new() { Figure = "reward" });

        (await FluentActions.Awaiting(() => RunAsync(options, parts: new() { Services = [stop] })).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*leave the part out, or name 'services.EarlyStop' in TrainerOptions.AllowedDifferences: the part then begins anew.");
        options.AllowedDifferences = ["services.EarlyStop"];
        await RunAsync(options, parts: new() { Services = [stop] });

        (options.Steps, options.AllowedDifferences) = (4, []);
        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*it is the state of a part that the run does not have any more. Give the run the part again, or name 'services.EarlyStop' in *");
        options.AllowedDifferences = ["services"];
        Outcome rest = await RunAsync(options);

        rest.Steps.Select(s => s.Step).Should().Equal(3, 4);
        rest.Parameters.Should().Equal((await RunAsync(Options(steps: 4))).Parameters, "services change nothing");
    }

    [Test]
    public async Task Service_ThatFailsAfterTheUpdate_SeesTheStepAgain()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 3);
        options.CheckpointFolder = folder.Path;
        Counting counting = new(failsAt: 2);
        await FluentActions.Awaiting(() => RunAsync(options, parts: new() { Services = [counting] })).Should().ThrowAsync<TimeoutException>();
        Counting again = new(failsAt: 0);

        Outcome rest = await RunAsync(options, parts: new() { Services = [again] });

        rest.Steps.Select(s => s.Step).Should().Equal(2, 3);
        (rest.Steps[0].Groups.Count, rest.Steps[1].Groups.Count).Should().Be((0, 4), "of a step that is shown again only the figures are left");
        rest.Steps[0].Metrics.Should().ContainKeys("reward", "grad_norm");
        again.Seen.Should().Be(3, "the step counts once: what a service remembers of an interrupted step is not part of the checkpoint");
        rest.Parameters.Should().Equal((await RunAsync(Options(steps: 3))).Parameters);
    }

    private sealed class Counting(int failsAt) : IRunService, IRunState
    {
        public int Seen { get; private set; }

        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            Seen++;
            return report.Step == failsAt ? throw new TimeoutException() : ValueTask.CompletedTask;
        }

        public ReadOnlyMemory<byte> SaveState() => BitConverter.GetBytes(Seen);

        public void LoadState(ReadOnlyMemory<byte> state) => Seen = BitConverter.ToInt32(state.Span);
    }

    private sealed class Waiting(ManualClock clock) : IRunService
    {
        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            clock.Now += TimeSpan.FromMinutes(10);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
