using System.Text.Json;
using Mel.Core.Tests.Training;
using Mel.Services;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Services;

[TestFixture]
public sealed class MetricsFileTests
{
    [Test]
    public async Task Report_WritesOneObjectALine_WithNullForWhatIsNoNumber()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "runs", "first", "metrics.jsonl");
        string? after = null;

        using (MetricsFile file = new(path))
        {
            await TinyRun.RunAsync(TinyRun.Options(steps: 2), parts: new TrainerParts { Services = [new Extra(), file] }, then: r => after ??= File.ReadAllText(path));
        }

        after.Should().StartWith("{\"step\":1,").And.Contain("\"tiny\":1E-300").And.Contain("\"none\":null,\"endless\":null")
            .And.EndWith("}\n", "a line is on disk as soon as the step is over");
        string[] lines = File.ReadAllLines(path);
        lines.Should().HaveCount(2);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("tiny").GetDouble().Should().Be(1e-300);
    }

    [Test]
    public async Task Run_ResumedBehindWhatItHadWritten_HoldsEveryStepOnce()
    {
        using TemporaryFolder folder = new();
        await RunAsync(folder, steps: 8, checkpoint: false);
        string expected = Timeless(folder.File("metrics.jsonl"));
        File.Delete(folder.File("metrics.jsonl"));
        await RunAsync(folder, steps: 4);
        string upTo4 = File.ReadAllText(folder.File("metrics.jsonl"));
        // Killed in step 7: the lines of steps 5 and 6 are whole, the last is torn. The checkpoint is that of step 4.
        File.AppendAllText(folder.File("metrics.jsonl"), "{\"step\":5,\"reward\":0.5}\n{\"step\":6,\"reward\":0.5}\n{\"step\":7,\"rew");

        await RunAsync(folder, steps: 8);

        File.ReadAllText(folder.File("metrics.jsonl")).Should().StartWith(upTo4);
        Timeless(folder.File("metrics.jsonl")).Should().Be(expected);
    }

    [Test]
    public async Task Run_FileWithATornLineInTheMiddle_KeepsTheWholeOnes()
    {
        using TemporaryFolder folder = new();
        await RunAsync(folder, steps: 2);
        string[] lines = File.ReadAllLines(folder.File("metrics.jsonl"));
        File.WriteAllText(folder.File("metrics.jsonl"), $"{lines[0]}\n{{\"step\":1,\"rewa{lines[1]}\nnull\n\"\\ud800\"\n{lines[1]}\n{lines[1]}");

        await RunAsync(folder, steps: 3);

        File.ReadAllLines(folder.File("metrics.jsonl")).Should().HaveCount(3).And.StartWith(lines);
    }

    [Test]
    public async Task Run_FromTheBeginning_SetsAnOlderFileAside()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("metrics.jsonl"), "{\"step\":1,\"of\":\"another run\"}\n");
        File.WriteAllText(folder.File("metrics.jsonl.1"), "older still");

        await RunAsync(folder, steps: 2);

        File.ReadAllLines(folder.File("metrics.jsonl")).Should().HaveCount(2);
        File.ReadAllText(folder.File("metrics.jsonl.1")).Should().Be("older still");
        File.ReadAllText(folder.File("metrics.jsonl.2")).Should().Contain("another run");
    }

    [Test]
    public async Task Run_FileAndProgress_ReceiveTheSameFigures()
    {
        using TemporaryFolder folder = new();
        TinyRun.Outcome run;

        using (MetricsFile file = new(folder.File("metrics.jsonl"))) run = await TinyRun.RunAsync(parts: new TrainerParts { Services = [file] });

        string[] lines = File.ReadAllLines(folder.File("metrics.jsonl"));
        lines.Should().HaveCount(run.Steps.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement line = JsonDocument.Parse(lines[i]).RootElement;
            line.EnumerateObject().Select(p => p.Name).Should().Equal(run.Steps[i].Metrics.Keys.Prepend("step"));
            foreach ((string name, double value) in run.Steps[i].Metrics) line.GetProperty(name).GetDouble().Should().Be(value, name);
        }
    }

    private static async Task RunAsync(TemporaryFolder folder, int steps, bool checkpoint = true)
    {
        TrainerOptions options = TinyRun.Options(steps);
        options.CheckpointFolder = checkpoint ? folder.File("run") : null;
        using MetricsFile file = new(folder.File("metrics.jsonl"));
        await TinyRun.RunAsync(options, parts: new TrainerParts { Services = [file], Time = new StepClock(TimeSpan.FromMilliseconds(1)) });
    }

    /// <summary>The figures without those of the clock, whose origin is that of the process.</summary>
    private static string Timeless(string path) => string.Join('\n', File.ReadLines(path).Select(line => string.Join(' ', JsonDocument.Parse(line).RootElement
        .EnumerateObject().Where(p => !p.Name.Contains("tim", StringComparison.Ordinal) && !p.Name.StartsWith("perf", StringComparison.Ordinal)).Select(p => p.ToString()))));

    private sealed class Extra : IRunService
    {
        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            run.AddMetric("tiny", 1e-300);
            run.AddMetric("none", double.NaN);
            run.AddMetric("endless", double.PositiveInfinity);
            return ValueTask.CompletedTask;
        }
    }
}
