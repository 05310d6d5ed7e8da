using Mel.Testing;

namespace Mel.Report.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunFiguresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Of_Figures_AreThoseGiven_AndMustBeAsManyAsTheSteps()
    {
        RunFigures run = RunFigures.Of("mine", [5, 10], new Dictionary<string, IReadOnlyList<double>> { ["a"] = [.5, double.NaN] });

        (run.Name, run.Names.Single()).Should().Be(("mine", "a"));
        run.Steps.Should().Equal(5, 10);
        run.Values("a").Should().Equal(.5, double.NaN);
        run.Values("b").Should().OnlyContain(v => double.IsNaN(v)).And.HaveCount(2);
        FluentActions.Invoking(() => RunFigures.Of("mine", [5, 10], new Dictionary<string, IReadOnlyList<double>> { ["a"] = [1] })).Should()
            .Throw<ArgumentException>().WithMessage("'a' has 1 values, but there are 2 steps*");
    }

    [Test]
    public void Load_FiguresThatComeAndGo_AreNaNWhereAStepHasNone()
    {
        RunFigures run = Load("{\"step\":1,\"accuracy\":0.25}\n{\"step\":2,\"accuracy\":0.5,\"eval/pass_at_1\":0.4}\n{\"step\":3,\"loss\":null,\"accuracy\":1}\n");
        run.Steps.Should().Equal(1, 2, 3);
        run.Values("accuracy").Should().Equal(.25, .5, 1);
        run.Values("eval/pass_at_1").Should().Equal(double.NaN, .4, double.NaN);
        run.Values("none").Should().Equal(double.NaN, double.NaN, double.NaN);
        run.Names.Should().Equal("accuracy", "eval/pass_at_1");
    }

    [Test]
    public void Load_LastLineHalfWritten_IsLeftOut() => Load("{\"step\":1,\"accuracy\":0.25}\n{\"step\":2,\"acc").Steps.Should().Equal(1);

    [TestCase("{\"step\":1}\n{\"st\n{\"step\":3}\n", 2), TestCase("[1]\n{\"step\":2}\n", 1), TestCase("{\"step\":\"x\"}\n{\"step\":2}\n", 1)]
    public void Load_DamagedLineInTheMiddle_NamesFileAndLine(string text, int line)
        => FluentActions.Invoking(() => Load(text)).Should().Throw<InvalidDataException>().WithMessage($"*metrics.jsonl: line {line} *");

    [Test]
    public void Load_NoFile_SaysSo()
        => FluentActions.Invoking(() => RunFigures.Load(_folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*metrics.jsonl*not there*");

    [Test]
    public void Bands_OverSeeds_AreMeanLowestAndHighestOfTheSmoothedRuns()
    {
        RunFigures one = Load("{\"step\":1,\"r\":0}\n{\"step\":2,\"r\":1}\n{\"step\":3,\"r\":1}\n"), two = Load("{\"step\":1,\"r\":1}\n{\"step\":2,\"r\":0}\n");
        new RunGroup("GRPO", [one, two]).Bands("r", smoothing: 2).Should().Equal(
            new Band(1, .5, 0, 1), new Band(2, .5, .5, .5), new Band(3, 1, 1, 1));
    }

    private RunFigures Load(string text)
    {
        string file = _folder.File("metrics.jsonl");
        File.WriteAllText(file, text);
        return RunFigures.Load(_folder.Path);
    }
}
