using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Diagnostics;

[TestFixture, NoTensorLeaks]
public sealed class ActivitiesTests
{
    private static readonly string[] StepTree =
    [
        "run step",
        " sample trajectories",
        " verify trajectories",
        " extract experiences",
        "  sample trajectories",
        "  replay experiences",
        "   sample trajectories",
        "   verify trajectories",
        " score trajectories",
        " estimate advantages",
        " update policy",
    ];

    private static readonly string[] EvaluationTree = ["evaluate policy", " sample trajectories", " verify trajectories"];

    [Test]
    public async Task Run_ActivitiesAreATree_InTheOrderOfTheStages()
    {
        using TemporaryFolder folder = new();
        using RecordedActivities recorded = new();
        using BigramPolicy reference = Policy(seed: 2);
        PeriodicEvaluation evaluation = new(Judge, [new Prompt("h", "b", "a")], new() { EverySteps = 2, BeforeFirstStep = true, Evaluation = new() { Samples = 0 } });
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.File("run");

        await RunAsync(options, parts: new TrainerParts { Services = [evaluation], Reference = reference });

        string[] expected =
        [
            "train policy", .. Within(EvaluationTree), .. Within(StepTree), .. Within(StepTree), .. Within(Within(EvaluationTree)), "  write checkpoint",
        ];
        options.CheckpointEverySteps.Should().BeGreaterThan(2, "only the last step is due then");
        recorded.Tree(recorded.Named("train policy").Single()).Should().Equal(expected);
        recorded.All.Should().OnlyContain(a => a.Duration > TimeSpan.Zero && a.Status == ActivityStatusCode.Unset);

        static IEnumerable<string> Within(IEnumerable<string> tree) => tree.Select(line => " " + line);
    }

    [Test]
    public async Task Run_ActivitiesSayWhatTheReportsSay()
    {
        using RecordedActivities recorded = new();

        Outcome run = await RunAsync(Options(steps: 2));

        Tags(recorded.Named("train policy").Single()).Should().Equal(new Dictionary<string, object?>
        {
            ["mel.run.algorithm"] = "grpo+me", ["mel.run.steps"] = 2, ["mel.run.seed"] = "7", ["mel.run.end"] = "completed",
        });
        Activity[] steps = recorded.Named("run step"), samples = recorded.Named("sample trajectories"), updates = recorded.Named("update policy");
        foreach ((int s, StepReport report) in run.Steps.Index())
        {
            Tags(steps[s]).Should().Equal(new Dictionary<string, object?>
            {
                ["mel.step.number"] = s + 1, ["mel.step.reward"] = report.Reward, ["mel.step.accuracy"] = report.Accuracy, ["mel.step.has_signal"] = report.HasSignal,
                ["mel.token.count"] = report.SampledTokens,
            });
            samples.Where(a => Step(a) == steps[s]).Sum(a => (long)a.GetTagItem("mel.token.count")!).Should().Be(report.SampledTokens);
            Tags(samples.First(a => Step(a) == steps[s])).Should().Contain("mel.sampler.type", "BigramPolicy").And.Contain("mel.prompt.count", 4).And.Contain("mel.trajectory.count", 32);
            Tags(updates[s]).Should().Contain("mel.update.count", 1).And.Contain("mel.update.loss", report.Metrics["loss"])
                .And.Contain("mel.update.gradient_norm", report.Metrics["grad_norm"]);
            Tags(recorded.Named("extract experiences")[s]).Should().Contain("mel.experience.pairs", report.Experiences.Pairs)
                .And.Contain("mel.experience.candidates", report.Experiences.Candidates).And.Contain("mel.experience.accepted", report.Experiences.Retained.Count);
        }

        static Activity Step(Activity activity) => activity.OperationName == "run step" ? activity : Step(activity.Parent!);
    }

    [Test]
    public async Task Run_ThatGoesOn_SaysFromWhere_AndThatItWasStopped()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        using RecordedActivities recorded = new();
        options.Steps = 9;

        await RunAsync(options, parts: new TrainerParts { Services = [new Stop()] });

        Tags(recorded.Named("train policy").Single()).Should().Contain("mel.run.resumed_step", 2).And.Contain("mel.run.end", "stopped").And.Contain("mel.run.stop_reason", "enough");
        Tags(recorded.Named("read checkpoint").Single()).Should().Equal(new Dictionary<string, object?>
        {
            ["file.path"] = folder.File("run.safetensors"), ["mel.step.number"] = 2,
        });
        Tags(recorded.Named("write checkpoint").Single()).Should().Equal(new Dictionary<string, object?> { ["mel.step.number"] = 3, ["file.directory"] = folder.Path });
    }

    [Test]
    public async Task Parts_BehindTheirAwaits_WorkWithinTheActivityOfTheirPhase_AndTheRunWithinThatOfTheCaller()
    {
        using RecordedActivities recorded = new();
        using ActivitySource own = new("Mel");      // an activity of the caller's, which the same listener hears
        using Activity caller = own.StartActivity("caller")!;
        List<string?> judged = [], served = [];

        await RunAsync(Options(steps: 1), verifier: new Waiting(judged), parts: new TrainerParts { Services = [new Watching(served)] });

        Activity.Current.Should().BeSameAs(caller);
        judged.Distinct().Should().Equal("verify trajectories");
        served.Should().Equal("train policy", "run step", "run step", "train policy");
        recorded.Named("train policy").Single().Parent.Should().BeSameAs(caller);
    }

    [Test]
    public async Task Failure_MarksEveryActivityAroundIt_AndHasItsStackOnce()
    {
        using RecordedActivities recorded = new();
        IVerifier failing = Verifier.From((_, _) => throw new InvalidDataException("no grade"));

        await FluentActions.Awaiting(() => RunAsync(Options(steps: 1), verifier: failing)).Should().ThrowAsync<InvalidDataException>();

        Activity[] failed = [.. recorded.All.Where(a => a.Status == ActivityStatusCode.Error)];
        failed.Select(a => a.OperationName).Should().Equal("train policy", "run step", "verify trajectories");
        failed.Should().OnlyContain(a => (string?)a.GetTagItem("error.type") == "System.IO.InvalidDataException");
        failed[0].StatusDescription.Should().StartWith("Step 1: the verifier").And.EndWith("no grade");
        failed[0].GetTagItem("mel.run.end").Should().Be("failed");
        failed.SelectMany(a => a.Events.Select(e => (a.OperationName, e.Name))).Should().Equal(("train policy", "exception"));
        recorded.Named("sample trajectories").Single().Status.Should().Be(ActivityStatusCode.Unset);
    }

    [Test]
    public async Task Cancellation_IsNoError_AndAForeignOneIs()
    {
        using RecordedActivities recorded = new();
        using CancellationTokenSource stop = new();

        await FluentActions.Awaiting(() => RunAsync(then: _ => stop.Cancel(), cancellationToken: stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        recorded.All.Should().OnlyContain(a => a.Status == ActivityStatusCode.Unset);
        recorded.Named("train policy").Single().GetTagItem("mel.run.end").Should().Be("canceled");

        IVerifier gaveUp = Verifier.From((_, _) => throw new TaskCanceledException("its own limit"));
        await FluentActions.Awaiting(() => RunAsync(verifier: gaveUp)).Should().ThrowAsync<TimeoutException>();
        recorded.Named("verify trajectories")[^1].GetTagItem("error.type").Should().Be("System.TimeoutException");
    }

    [Test]
    public async Task Run_WithAndWithoutAListener_IsTheSame()
    {
        Outcome without = await RunAsync(Options(steps: 4)), with;

        using (new RecordedActivities()) with = await RunAsync(Options(steps: 4));

        with.Parameters.Should().Equal(without.Parameters);
        with.Steps.Select(Figures).Should().BeEquivalentTo(without.Steps.Select(Figures), o => o.WithStrictOrdering());
    }

    [Test]
    public void Start_NobodyListens_AllocatesNothing()
    {
        InvalidDataException failure = new("no grade");
        bool caught = Once();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++) caught |= Once();

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.Should().Be(0);
        caught.Should().BeFalse();

        bool Once()
        {
            using Activity? activity = RunActivities.StartStep(7, isRepeated: true);
            activity?.SetTag(ActivityTags.Tokens, 12L).SetTag(ActivityTags.Reward, 0.5);
            return activity.Fails(failure);
        }
    }

    private static Dictionary<string, object?> Tags(Activity activity) => activity.TagObjects.ToDictionary();

    private sealed class Stop : IRunService
    {
        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            run.RequestStop("enough");
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Notes the activity in which a judgement goes on after it has waited.</summary>
    private sealed class Waiting(List<string?> seen) : IVerifier
    {
        public async ValueTask<Judgement> VerifyAsync(Prompt prompt, Mel.Rollouts.Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
            lock (seen) seen.Add(Activity.Current?.OperationName);
            return await Judge.VerifyAsync(prompt, trajectory, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Watching(List<string?> seen) : IRunService
    {
        public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken) => NoteAsync();

        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => NoteAsync();

        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => NoteAsync();

        public ValueTask EndAsync(RunContext run) => NoteAsync();

        private async ValueTask NoteAsync()
        {
            await Task.Yield();
            seen.Add(Activity.Current?.OperationName);
        }
    }
}
