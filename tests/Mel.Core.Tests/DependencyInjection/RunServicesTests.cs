using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.DependencyInjection;

/// <summary>The services of the library in a container.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RunServicesTests
{
    [Test]
    public async Task Services_FromBuilderAndConfiguration_GoAlongWithTheRun()
    {
        using TemporaryFolder folder = new();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PeriodicEvaluation:EverySteps"] = "2", ["PeriodicEvaluation:Evaluation:Samples"] = "0", ["PeriodicEvaluation:Evaluation:MaxTokens"] = "6",
            ["BestCheckpoint:Direction"] = "lower", ["StepCheckpoints:EverySteps"] = "3", ["EarlyStop:Patience"] = "", ["EarlyStop:StopAbove"] = "2",
            ["RunRecords:EverySteps"] = "4", ["Trainer:CheckpointInterval"] = "00:10:00",
        }).Build();
        await using ServiceProvider provider = Container(mel => mel.Configure(configuration)
            .WithEvaluation(_ => [new Prompt("h", "b", "a")])
            .WithBestCheckpoint()
            .WithStepCheckpoints()
            .WithEarlyStop()
            .WithRecords(o => o.Folder = folder.Path)
            .WithMetricsFile(folder.File("metrics.jsonl"))
            .WithTensorBoard(folder.File("board"))
            .ConfigureTrainer(o => o.CheckpointFolder = folder.File("run")));
        RecordingProgress progress = new();

        await provider.GetRequiredService<Trainer>().RunAsync(TinyRun.Questions(), progress);

        progress.Reports.Where(r => r.Metrics.ContainsKey("eval/pass_at_1")).Select(r => r.Step).Should().Equal(2, 4, 5);
        provider.GetServices<IRunService>().OfType<BestCheckpoint>().Single().Step.Should().BePositive();
        File.Exists(Path.Combine(folder.File("run"), "best", "run.safetensors")).Should().BeTrue();
        File.Exists(Path.Combine(folder.File("run"), "steps", "step-3", "run.safetensors")).Should().BeTrue();
        File.ReadLines(folder.File("metrics.jsonl")).Should().HaveCount(5);
        EventFile.Scalars(folder.File("board")).Select(s => s.Step).Distinct().Should().Equal(1, 2, 3, 4, 5);
        File.ReadLines(folder.File("rollouts.jsonl")).Should().HaveCount(3 * 4 * 8, "steps 1, 4 and 5");
        provider.GetRequiredService<IOptions<TrainerOptions>>().Value.CheckpointInterval.Should().Be(TimeSpan.FromMinutes(10));
    }

    [Test]
    public void Options_ThatBreakARule_AreRefusedWithTheTrainer()
    {
        using ServiceProvider provider = Container(mel => mel.WithEarlyStop(o => o.Patience = 0));

        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<OptionsValidationException>().WithMessage("Property Patience: must be at least 1*");
    }

    [Test]
    public void Section_OfAServiceThatTheRunDoesNotHave_IsRefused()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["RunRecords:EverySteps"] = "2" }).Build();
        using ServiceProvider provider = Container(mel => mel.Configure(configuration));

        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<InvalidOperationException>().WithMessage("RunRecordsOptions are configured, but*");
    }

    [Test]
    public void Service_AddedTwice_IsRefused()
        => FluentActions.Invoking(() => Container(mel => mel.WithRecords().WithRecords())).Should().Throw<InvalidOperationException>()
            .WithMessage("The service RunRecords was added twice*");

    private static ServiceProvider Container(Action<MelBuilder> configure)
    {
        ServiceCollection services = new();
        services.AddMel(mel =>
        {
            mel.UsePolicy(_ => TinyRun.Policy()).UseVerifier(TinyRun.Judge).UseAlgorithm(Algorithm.Grpo()).ConfigureTrainer(o =>
            {
                (o.Steps, o.PromptsPerStep, o.GroupSize, o.Sampling) = (5, 4, 8, new SamplingOptions { MaxTokens = 12 });
            });
            configure(mel);
        });
        return services.BuildServiceProvider();
    }
}
