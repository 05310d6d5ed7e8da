using Mel.Testing;

namespace Mel.Tool.Tests;

[TestFixture, NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Report_RunThatGoesOn_HasAPageAndThePicturesOfWhatIsThere()
    {
        Run("grpo", "{\"step\":1,\"accuracy\":0.25,\"other\":1}\n{\"step\":2,\"accuracy\":0.5,\"eval/pass_at_1\":0.4}\n{\"step\":3,\"accu");

        (int code, string output, string error) = Mel("report", _folder.File("grpo"));

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().StartWith("grpo, step 2: ").And.Contain("2 pictures");
        File.ReadAllText(_folder.File("grpo", "report.html")).Should().Contain("\"steps\":[1,2]");
        Directory.GetFiles(_folder.File("grpo", "pictures")).Select(f => Path.GetFileName(f)).Should()
            .BeEquivalentTo("accuracy.png", "accuracy.svg", "eval-pass_at_1.png", "eval-pass_at_1.svg");
    }

    [Test]
    public void Report_RunWithoutAStep_HasAPage()
    {
        Run("new", "");

        Mel("report", _folder.File("new")).Should().BeEquivalentTo((0, $"new, no step yet: {_folder.File("new", "report.html")}, and 0 pictures in "
            + $"{_folder.File("new", "pictures")}{Environment.NewLine}", ""));
    }

    [Test]
    public void Report_FolderOfRuns_TakesAllInTheOrderOfTheirNumbers_EachInAFolderOfItsOwn()
    {
        foreach (string seed in (string[])["seed-10", "seed-9"]) Run(Path.Combine("a", seed), "{\"step\":1,\"accuracy\":0.25}\n");

        (int code, string output, _) = Mel("report", _folder.Path, "--out", _folder.File("out"), "--figure", "accuracy", "--smoothing", "2", "--dark");

        code.Should().Be(0);
        output.Split('\n').Select(l => l.Split(',')[0]).Should().Equal("seed-9", "seed-10", "");
        File.ReadAllText(_folder.File("out", "seed-9", "report.html")).Should().Contain("\"name\":\"seed-9\"");
        File.Exists(_folder.File("out", "seed-10", "pictures", "accuracy.svg")).Should().BeTrue();
        Directory.GetFiles(_folder.File("a", "seed-9")).Should().ContainSingle("nothing is written beside the run");
    }

    [Test]
    public void Report_OneDamagedRunOfTwo_IsSaid_AndTheOtherHasItsPage()
    {
        Run("a", "{\"step\":1}\nnonsense\n{\"step\":3}\n");
        Run("b", "{\"step\":1}\n");

        (int code, string output, string error) = Mel("report", _folder.Path);

        code.Should().Be(1);
        error.Should().Contain(Path.Combine("a", "metrics.jsonl") + ": line 2 ");
        output.Should().StartWith("b, step 1");
    }

    [Test]
    public void Report_FigureTheRunLacks_NamesThoseItHas()
    {
        Run("a", "{\"step\":1,\"accuracy\":0.5}\n");

        (int code, _, string error) = Mel("report", _folder.Path, "--figure", "acuracy");

        code.Should().Be(1);
        error.Should().Contain("'acuracy'").And.Contain("accuracy");
    }

    [Test]
    public void Report_FolderWithoutARun_SaysWhatIsMissing()
    {
        (int code, _, string error) = Mel("report", _folder.Path);

        code.Should().Be(1);
        error.TrimEnd().Should().Be($"'{_folder.Path}' holds no run: neither there nor in a folder below is a metrics.jsonl.");
    }

    [Test]
    public void WrongOptions_AreSaidAllAtOnce_ByName()
    {
        (int code, string output, string error) = Mel("report", "/no/such/run", "--smoothing", "0", "--speed", "9");

        code.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain("run is '/no/such/run', expected a path that exists").And.Contain("--smoothing is '0', expected a number of at least 1")
            .And.Contain("'--speed'").And.Contain("--help");
    }

    [TestCase("", 2, "Required command"), TestCase("reprot", 2, "'reprot'"), TestCase("--help", 0, "compare"), TestCase("report --help", 0, "--smoothing")]
    public void CommandLine_WithoutACommand_OrWithHelp_SaysWhatThereIs(string line, int expected, string text)
    {
        (int code, string output, string error) = Mel(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        code.Should().Be(expected);
        (output + error).Should().Contain(text);
    }

    private static (int ExitCode, string Output, string Error) Mel(params string[] args) => SampleProgram.Run("Mel.Tool", args);

    private void Run(string folder, string figures)
    {
        Directory.CreateDirectory(_folder.File(folder));
        File.WriteAllText(_folder.File(folder, "metrics.jsonl"), figures);
    }
}
