using System.Text.Json;
using Mel.Experiences;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Training;

[TestFixture]
public sealed class MetricsFileTests
{
    [Test]
    public async Task Report_WritesOneObjectALine_WithNullForWhatIsNoNumber()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "runs", "first", "metrics.jsonl");

        using (MetricsFile file = new(path))
        {
            await WriteAsync(file, Step(1, ("reward", 0.25), ("kl", double.NaN), ("loss", double.PositiveInfinity)));
            File.ReadAllText(path).Should().Be("{\"step\":1,\"reward\":0.25,\"kl\":null,\"loss\":null}\n", "a line is on disk as soon as the step is over");
            await WriteAsync(file, Step(2, ("reward", 1e-300)));
        }

        string[] lines = File.ReadAllLines(path);
        lines.Should().HaveCount(2);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("reward").GetDouble().Should().Be(1e-300);
    }

    [Test]
    public async Task Report_RunThatGoesOn_Appends()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("metrics.jsonl");

        using (MetricsFile file = new(path)) await WriteAsync(file, Step(1));
        using (MetricsFile file = new(path)) await WriteAsync(file, Step(2));

        File.ReadAllText(path).Should().Be("{\"step\":1}\n{\"step\":2}\n");
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

    private static async Task WriteAsync(MetricsFile file, StepReport report)
    {
        await file.StartAsync(null!, CancellationToken.None);
        await file.ReportAsync(null!, report, CancellationToken.None);
    }

    private static StepReport Step(int step, params (string Name, double Value)[] metrics) => new()
    {
        Step = step,
        Steps = 2,
        Metrics = metrics.ToDictionary(m => m.Name, m => m.Value),
        Timing = new StepTiming(default, default, default, default, default, default),
        Terms = [],
        HasSignal = true,
        Groups = [],
        Experiences = ExtractionResult.Empty,
        SampledTokens = 0,
    };
}
