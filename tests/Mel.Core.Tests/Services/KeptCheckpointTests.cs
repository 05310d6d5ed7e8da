using Mel.Checkpoints;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Services;

/// <summary>The checkpoints that are kept beside those of the run: the best one, and those of every n-th step.</summary>
[TestFixture, NoTensorLeaks]
public sealed class KeptCheckpointTests
{
    [TestCase(FigureDirection.Higher, 0.0, 3)]      // 5 at step 3, and again at step 5: the first stays
    [TestCase(FigureDirection.Higher, 2.5, 3)]      // 2, then 4 is no better by 2.5, then 5 is
    [TestCase(FigureDirection.Higher, 3.0, 1)]
    [TestCase(FigureDirection.Lower, 0.0, 6)]
    public async Task Best_KeepsTheStepOfTheBestFigure(FigureDirection direction, double minimumChange, int expected)
    {
        using TemporaryFolder folder = new();
        List<float[]> weights = [];
        using BigramPolicy policy = Policy();
        BestCheckpoint best = new(new() { Figure = "score", Direction = direction, MinimumChange = minimumChange, Folder = folder.File("best") });

        await RunAsync(Options(steps: 7), policy: policy, parts: With(best, new Scripted("score", 2, 4, 5, double.NaN, 5, 1, double.PositiveInfinity)),
            then: _ => weights.Add(policy.Snapshot()));

        best.Step.Should().Be(expected);
        (int step, float[] parameters) = await OpenAsync(folder.File("best"), "score", direction, minimumChange, folder.File("best2"));
        step.Should().Be(expected);
        parameters.Should().Equal(weights[expected - 1]);
        Directory.GetFiles(folder.File("best")).Select(Path.GetFileName).Should().Equal("run.safetensors");
    }

    [Test]
    public async Task Best_AfterAResume_KnowsWhatWasBestBefore()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.File("run");
        await RunAsync(options, parts: With(new Scripted("score", 1, 9), new BestCheckpoint(new() { Figure = "score" })));
        byte[] kept = File.ReadAllBytes(Path.Combine(folder.File("run"), "best", "run.safetensors"));
        options.Steps = 4;
        BestCheckpoint best = new(new() { Figure = "score" });

        await RunAsync(options, parts: With(new Scripted("score", 1, 9, 8, 8.5), best));

        (best.Step, best.Value).Should().Be((2, 9));
        File.ReadAllBytes(Path.Combine(folder.File("run"), "best", "run.safetensors")).Should().Equal(kept);
    }

    [Test]
    public async Task Best_OfAnotherFigureThanBefore_BeginsAnew()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.File("run");
        await RunAsync(options, parts: With(new Scripted("score", 1, 9), new BestCheckpoint(new() { Figure = "score" })));
        options.Steps = 3;
        BestCheckpoint best = new(new() { Figure = "other" });

        await RunAsync(options, parts: With(new Scripted("other", 1, 1, 0.5), best));

        (best.Step, best.Value).Should().Be((3, 0.5));
    }

    [Test]
    public async Task Best_FigureThatNoStepHas_IsSaid()
    {
        using TemporaryFolder folder = new();
        RecordingLogger<Trainer> logger = new();

        await RunAsync(Options(steps: 1), parts: new() { Services = [new BestCheckpoint(new() { Figure = "scor", Folder = folder.Path })], Logger = logger });

        logger.Events.Should().ContainSingle(e => e.Id == 1209).Which.Message.Should()
            .Be("No step of the run had the figure 'scor' that BestCheckpoint goes by. Is its name right, and does a service add it?");
    }

    [Test]
    public async Task Best_WhereItCannotBeWritten_IsSaid_AndTheNextBetterOneIsKept()
    {
        using TemporaryFolder folder = new();
        RecordingLogger<Trainer> logger = new();
        File.WriteAllText(folder.File("best"), "in the way");
        BestCheckpoint best = new(new() { Figure = "score", Folder = folder.File("best") });

        await RunAsync(Options(steps: 3), parts: new() { Services = [new Scripted("score", 5, 4, 3), best], Logger = logger },
            then: report => { if (report.Step == 1) File.Delete(folder.File("best")); });

        logger.Events.Should().ContainSingle(e => e.Id == 1406).Which.Message.Should().StartWith("Step 1: its checkpoint could not be kept in ");
        (best.Step, best.Value).Should().Be((2, 4));
    }

    [Test]
    public async Task Folder_OfTheRunItself_OrNone_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;

        (await FluentActions.Awaiting(() => RunAsync(options, parts: With(new BestCheckpoint(new() { Folder = folder.Path })))).Should()
            .ThrowAsync<InvalidOperationException>()).WithMessage("BestCheckpoint was given the checkpoint folder of the run*give another one.");
        (await FluentActions.Awaiting(() => RunAsync(Options(steps: 1), parts: With(new StepCheckpoints()))).Should()
            .ThrowAsync<InvalidOperationException>()).WithMessage("StepCheckpoints has no folder: set StepCheckpointsOptions.Folder, or TrainerOptions.CheckpointFolder.");
    }

    [Test]
    public async Task Steps_KeepsTheNewest_AndEachGoesOnAsTheRunDid()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 9);
        options.CheckpointFolder = folder.File("run");
        // Left by a run that went further and was set back; a folder of the user stays.
        Directory.CreateDirectory(Path.Combine(folder.File("run"), "steps", "step-40"));
        Directory.CreateDirectory(Path.Combine(folder.File("run"), "steps", "step-by-step"));

        Outcome run = await RunAsync(options, parts: With(new StepCheckpoints(new() { EverySteps = 2, Keep = 3 })));

        Directory.GetDirectories(Path.Combine(folder.File("run"), "steps")).Select(Path.GetFileName).Should().BeEquivalentTo("step-4", "step-6", "step-8", "step-by-step");
        options.CheckpointFolder = Path.Combine(folder.File("run"), "steps", "step-6");
        Outcome again = await RunAsync(options);
        again.Steps.Select(s => s.Step).Should().Equal(7, 8, 9);
        again.Parameters.Should().Equal(run.Parameters);
    }

    [TestCase(0, 4, "step-2 step-4 step-6 step-8")]
    [TestCase(1, 1, "step-8")]
    public async Task Steps_KeepOfAllOrOne(int keep, int count, string expected)
    {
        using TemporaryFolder folder = new();

        await RunAsync(Options(steps: 8), parts: With(new StepCheckpoints(new() { EverySteps = 2, Keep = keep, Folder = folder.Path })));

        Directory.GetDirectories(folder.Path).Should().HaveCount(count);
        Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order().Should().Equal(expected.Split(' '));
    }

    [Test]
    public void Options_ThatBreakARule_AreNamed()
    {
        FluentActions.Invoking(() => new StepCheckpoints(new() { EverySteps = 0, Keep = -1, Folder = " " })).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().BeEquivalentTo(
                "Property EverySteps: must be at least 1, got 0", "Property Keep: must be at least 0, got -1",
                "Property Folder: must not be empty; leave it out for the default");
        FluentActions.Invoking(() => new BestCheckpoint(new() { Figure = "", MinimumChange = double.NaN, Direction = (FigureDirection)7 })).Should()
            .Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
                "Property Figure: must name a figure, for instance 'eval/pass_at_1'", "Property MinimumChange: must be at least 0, got NaN",
                "Property Direction: must be one of Higher, Lower, got 7");
    }

    /// <summary>The step and the weights of a checkpoint of a best step, read by a run that goes on from it and has nothing left to do.</summary>
    private static async Task<(int Step, float[] Parameters)> OpenAsync(string folder, string figure, FigureDirection direction, double change, string other)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "run.safetensors"));
        int step = int.Parse(file.Metadata["step"], System.Globalization.CultureInfo.InvariantCulture);
        TrainerOptions options = Options(steps: step);
        options.CheckpointFolder = folder;
        using BigramPolicy policy = Policy(seed: 1);
        await RunAsync(options, policy: policy, parts: With(new BestCheckpoint(new() { Figure = figure, Direction = direction, MinimumChange = change, Folder = other })));
        return (step, policy.Snapshot());
    }

    private static TrainerParts With(params IReadOnlyList<IRunService> services) => new() { Services = services };
}
