using System.Xml.Linq;
using Mel.Testing;

namespace Mel.Report.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunChartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunGroup _group;

    public RunChartsTests()
    {
        File.WriteAllText(_folder.File("metrics.jsonl"), "{\"step\":1,\"accuracy\":0.25}\n{\"step\":2,\"accuracy\":0.5}\n");
        _group = RunGroup.Of(RunFigures.Load(_folder.Path, "GRPO & more"));
    }

    public void Dispose() => _folder.Dispose();

    [TestCase(false), TestCase(true)]
    public void Curves_Png_HasTheSizeAsked(bool dark)
    {
        string path = _folder.File("new", "accuracy.png");
        RunCharts.Curves(path, "accuracy", [_group, new RunGroup("two seeds", [_group.Runs[0], _group.Runs[0]])],
            new ChartOptions { Dark = dark, Width = 320, Height = 200, Title = "Right answers" });
        byte[] bytes = File.ReadAllBytes(path);
        bytes[..8].Should().Equal(137, 80, 78, 71, 13, 10, 26, 10);
        (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)))
            .Should().Be((320, 200));
    }

    [Test]
    public void Curves_Svg_IsWellFormedAndNamesTheRun()
    {
        string path = _folder.File("accuracy.svg");
        RunCharts.Curves(path, "accuracy", [_group]);
        XElement picture = XDocument.Load(path).Root!;
        picture.Name.LocalName.Should().Be("svg");
        picture.Value.Should().Contain("GRPO & more").And.Contain("accuracy");
    }

    [Test]
    public void Curves_Svg_SameFigures_AreTheSameFile()
    {
        string[] paths = [_folder.File("first.svg"), _folder.File("second.svg")];
        foreach (string path in paths) RunCharts.Curves(path, "accuracy", [_group], new ChartOptions { StepLabel = "hours" });

        string first = File.ReadAllText(paths[0]);
        first.Should().Be(File.ReadAllText(paths[1])).And.Contain("id=\"cl_1\"").And.Contain("url(#cl_1)").And.Contain("hours");
    }

    [Test]
    public void Bars_Intervals_AreDrawn()
    {
        string path = _folder.File("table.svg");
        RunCharts.Bars(path, ["Pass@1", "Avg@8"], [new ChartSeries("base", [new ChartBar(26, 24, 28), new ChartBar(27)])], new ChartOptions { ValueLabel = "%" });
        XDocument.Load(path).Root!.Value.Should().Contain("Pass@1").And.Contain("Avg@8").And.Contain("base");
    }

    [Test]
    public void Curves_FigureNobodyHas_NamesThoseThereAre()
        => FluentActions.Invoking(() => RunCharts.Curves(_folder.File("x.png"), "acuracy", [_group])).Should().Throw<ArgumentException>().WithMessage("*'acuracy'*accuracy*");

    [Test]
    public void Curves_OtherEnding_IsRefused()
        => FluentActions.Invoking(() => RunCharts.Curves(_folder.File("x.gif"), "accuracy", [_group])).Should().Throw<ArgumentException>().WithMessage("*.png or .svg*");

    [Test]
    public void Bars_MissingBar_IsRefused()
        => FluentActions.Invoking(() => RunCharts.Bars(_folder.File("x.png"), ["a", "b"], [new ChartSeries("base", [new ChartBar(1)])])).Should()
            .Throw<ArgumentException>().WithMessage("*1 bars*2 categories*");
}
