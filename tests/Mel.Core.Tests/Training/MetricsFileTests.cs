using System.Text.Json;
using Mel.Experiences;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Training;

[TestFixture]
public sealed class MetricsFileTests
{
    [Test]
    public void Report_WritesOneObjectALine_WithNullForWhatIsNoNumber()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "runs", "first", "metrics.jsonl");

        using (MetricsFile file = new(path))
        {
            file.Report(Step(1, ("reward", 0.25), ("kl", double.NaN), ("loss", double.PositiveInfinity)));
            File.ReadAllText(path).Should().Be("{\"step\":1,\"reward\":0.25,\"kl\":null,\"loss\":null}\n", "a line is on disk as soon as the step is over");
            file.Report(Step(2, ("reward", 1e-300)));
        }

        string[] lines = File.ReadAllLines(path);
        lines.Should().HaveCount(2);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("reward").GetDouble().Should().Be(1e-300);
    }

    [Test]
    public void Report_RunThatGoesOn_Appends()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("metrics.jsonl");

        using (MetricsFile file = new(path)) file.Report(Step(1));
        using (MetricsFile file = new(path)) file.Report(Step(2));

        File.ReadAllText(path).Should().Be("{\"step\":1}\n{\"step\":2}\n");
    }

    [Test]
    public void Report_Next_ReceivesTheSameReport()
    {
        using TemporaryFolder folder = new();
        RecordingProgress next = new();
        StepReport report = Step(1);

        using (MetricsFile file = new(folder.File("metrics.jsonl"), next)) file.Report(report);

        next.Reports.Should().ContainSingle().Which.Should().BeSameAs(report);
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
