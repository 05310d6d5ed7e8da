using System.Text.Json;
using Mel.Testing;

namespace Mel.Samples.Tests.TrainMath;

/// <summary>The whole loop on real files: every checkpoint folder of the reference data with rows of a real problem set. Random weights earn no reward, and the run says so.</summary>
[TestFixture, NonParallelizable, Category(ReferenceData.Category)]
public sealed class TrainMathTests
{
    private const string Sample = "Mel.Samples.TrainMath";

    private static string[] Models => [.. ReferenceData.Folders("golden/models")];

    private static string Data => ReferenceData.Require("data", "dapo_math_17k_sample2000.jsonl");

    [TestCaseSource(nameof(Models))]
    public void TrainMath_RandomWeights_RunsEveryStage_ReportsMissingSignal_AndSavesAFolderThatLoads(string model)
    {
        using TemporaryFolder folder = new();
        string few = FewRows(folder);

        (int code, string output, string error) = SampleProgram.Run(Sample, "--model", model, "--data", few, "--steps", "2", "--prompts", "2", "--group", "2", "--max-tokens", "16", "--out", folder.File("run"));

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("no signal").And.Contain("loaded again");
        string[] lines = File.ReadAllLines(folder.File("run", "metrics.jsonl"));
        lines.Should().HaveCount(2);
        using JsonDocument first = JsonDocument.Parse(lines[0]);
        first.RootElement.GetProperty("reward").GetDouble().Should().Be(0);
        first.RootElement.GetProperty("mel/candidates").GetDouble().Should().Be(0);
        foreach (string file in Directory.GetFiles(model, "*.json").Select(f => Path.GetFileName(f)!).Where(f => f.StartsWith("tokenizer", StringComparison.Ordinal)))
            File.ReadAllBytes(folder.File("run", "model", file)).Should().Equal(File.ReadAllBytes(Path.Combine(model, file)), "{0} is copied as it is", file);
    }

    [Test]
    public void TrainMath_StoppedAndStartedAgain_GoesOn()
    {
        using TemporaryFolder folder = new();
        string few = FewRows(folder), model = Models.FirstOrDefault() ?? ReferenceData.Require("golden", "models");
        string[] common = ["--model", model, "--data", few, "--prompts", "2", "--group", "2", "--max-tokens", "8", "--no-meta-experience", "--objective", "reinforce++", "--out", folder.File("run")];

        SampleProgram.Run(Sample, [.. common, "--steps", "1"]).ExitCode.Should().Be(0);
        SampleProgram.Run(Sample, [.. common, "--steps", "3"]).Output.Should().Contain("Resuming from step 1 of 3.");

        File.ReadAllLines(folder.File("run", "metrics.jsonl")).Should().HaveCount(3, "one step of the first call and two of the second");
    }

    [TestCase("--group", "1", "--group is '1', expected a number of at least 2", 2)]
    [TestCase("--objective", "ppo2", "--objective is 'ppo2', expected one of: paper, grpo", 2)]
    [TestCase("--max-tokens", "100000", "the context of the model is", 1)]
    [TestCase("--learning-rate", "-1", "--learning-rate is '-1', expected a number of at least 0", 2)]
    [TestCase("--learning-rate", "2", "--learning-rate is '2', expected a number of at most 1", 2)]
    public void TrainMath_BadOption_SaysWhatIsExpected_AndWritesNothing(string option, string value, string message, int expected)
    {
        using TemporaryFolder folder = new();
        string few = FewRows(folder), model = Models.FirstOrDefault() ?? ReferenceData.Require("golden", "models");

        (int code, _, string error) = SampleProgram.Run(Sample, "--model", model, "--data", few, option, value, "--out", folder.File("run"));

        code.Should().Be(expected);
        error.Should().Contain(message);
        Directory.Exists(folder.File("run")).Should().BeFalse();
    }

    [TestCase("not json", "row 1: ")]
    [TestCase("{\"problem\":\"1+1?\"}", "its layout is not recognized; the columns are: problem")]
    [TestCase("", "hold no row")]
    public void TrainMath_BadDataset_NamesFileAndLine(string content, string message)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("rows.jsonl"), content);
        string model = Models.FirstOrDefault() ?? ReferenceData.Require("golden", "models");

        (int code, _, string error) = SampleProgram.Run(Sample, "--model", model, "--data", folder.File("rows.jsonl"), "--out", folder.File("run"));

        code.Should().Be(1);
        error.Should().Contain("rows.jsonl").And.Contain(message);
        Directory.Exists(folder.File("run")).Should().BeFalse();
    }

    [Test]
    public void TrainMath_MissingCheckpoint_NamesTheFile()
    {
        using TemporaryFolder folder = new();

        (int code, _, string error) = SampleProgram.Run(Sample, "--model", folder.File("nowhere"), "--data", FewRows(folder));

        code.Should().Be(2);
        error.Should().Contain("nowhere");
    }

    [Test]
    public void TrainMath_TruncatedWeights_NamesTheFile_AndWritesNothing()
    {
        using TemporaryFolder folder = new();
        string model = Models.FirstOrDefault() ?? ReferenceData.Require("golden", "models");
        Directory.CreateDirectory(folder.File("model"));
        foreach (string file in Directory.GetFiles(model)) File.Copy(file, folder.File("model", Path.GetFileName(file)));
        foreach (string file in Directory.GetFiles(folder.File("model"), "model*.safetensors"))
        {
            using FileStream stream = File.OpenWrite(file);
            stream.SetLength(stream.Length / 2);
        }

        (int code, _, string error) = SampleProgram.Run(Sample, "--model", folder.File("model"), "--data", FewRows(folder), "--out", folder.File("run"));

        code.Should().Be(1);
        error.Should().Contain(".safetensors");
        Directory.Exists(folder.File("run")).Should().BeFalse();
    }

    private static string FewRows(TemporaryFolder folder)
    {
        string path = folder.File("few.jsonl");
        File.WriteAllLines(path, File.ReadLines(Data).OrderBy(l => l.Length).Take(12));
        return path;
    }
}
