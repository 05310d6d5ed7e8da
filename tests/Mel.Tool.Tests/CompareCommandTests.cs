using System.Text.RegularExpressions;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Tool.Tests;

[TestFixture, NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Compare_KindsOfRuns_ShowsTheMeanOverSeedsWithItsRange_AndDrawsBands()
    {
        Run("{\"step\":1,\"accuracy\":0.2}\n{\"step\":2,\"accuracy\":0.4}\n", "grpo", "seed-1");
        Run("{\"step\":1,\"accuracy\":0.6}\n{\"step\":2,\"accuracy\":0.8}\n", "grpo", "seed-2");
        Run("{\"step\":1,\"accuracy\":1,\"reward\":-0.5}\n{\"step\":2,\"ac", "mel", "seed-1");

        (int code, string output, string error) = Mel("compare", _folder.Path, "--out", _folder.File("pictures"));

        error.Should().BeEmpty();
        code.Should().Be(0);
        Rows(output).Should().Equal("|grpo|mel", "steps|2|1", "accuracy|0.5 0.3..0.7|1", "reward|-|-0.5");
        output.Should().Contain("2 pictures");
        File.ReadAllText(_folder.File("pictures", "accuracy.svg")).Should().Contain("grpo (2 seeds)").And.Contain("mel");
    }

    [Test]
    public void Compare_FoldersOfOneRun_AreNamedByWhatDiffers()
    {
        Run("{\"step\":1,\"accuracy\":0.25}\n", "a", "seed-1");
        Run("{\"step\":1,\"accuracy\":0.75}\n", "b", "seed-1");

        Rows(Mel("compare", _folder.File("a", "seed-1"), _folder.File("b", "seed-1", "metrics.jsonl")).Output)[..3].Should()
            .Equal("|a/seed-1|b/seed-1", "steps|1|1", "accuracy|0.25|0.75");
    }

    [Test]
    public async Task Compare_TwoRecordsFiles_ShowsThePairedDifference_AndDrawsBars()
    {
        // Right at q0 alone, then at q0 to q2: 25 and 75 percent. Of the differences 0, 1, 1, 0 two of the four ways to flip signs are as far from zero.
        string[] files = [await RecordsAsync("first", 1), await RecordsAsync("second", 3)];

        (int code, string output, string error) = Mel(["compare", .. files, "--out", _folder.File("pictures")]);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().MatchRegex(@"Pass@1 +25\.00 +75\.00 +\+50\.00 +\S+ to \S+ +0\.5000").And.Contain("4 questions in common, 0 in one only.");
        File.ReadAllText(_folder.File("pictures", "evaluation.svg")).Should().Contain("first").And.Contain("second").And.Contain("Pass@1");
    }

    [Test]
    public async Task Compare_RecordsAndRuns_IsRefusedWithAllThatIsWrong()
    {
        Run("{\"step\":1}\n", "a");

        (int code, _, string error) = Mel("compare", _folder.File("a"), await RecordsAsync("first", 1), "--smoothing", "none");

        code.Should().Be(2);
        error.Should().Contain("what is 1 runs and 1 records files, expected folders of runs only, or two records files").And.Contain("'--smoothing'");
    }

    [Test]
    public void Compare_FileThatIsNoRecords_NamesIt()
    {
        string file = _folder.Write("a.jsonl", "{}\n");

        (int code, _, string error) = Mel("compare", file, file);

        code.Should().Be(1);
        error.Should().Contain("a.jsonl");
    }

    private static (int ExitCode, string Output, string Error) Mel(params string[] args) => SampleProgram.Run("Mel.Tool", args);

    // The cells of the table, which stands between the first line and the one that explains it.
    private static string[] Rows(string output)
        => [.. output.Split('\n').TakeWhile(l => !l.StartsWith("Mean", StringComparison.Ordinal)).Where(l => !l.StartsWith("--", StringComparison.Ordinal))
            .Select(l => Regex.Replace(l.TrimEnd(), "^ +|  +", "|"))];

    private async Task<string> RecordsAsync(string model, int right)
    {
        string file = _folder.File(model, "set.jsonl");
        Prompt[] questions = [.. Enumerable.Range(0, 4).Select(i => new Prompt($"q{i}", $"{i}", "yes"))];
        Evaluator evaluator = new(
            new ScriptedSampler((text, _) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) < right ? "yes" : "no"),
            Verifier.From((prompt, text) => text == prompt.Answer));
        await evaluator.EvaluateAsync(questions, new EvaluationOptions { Samples = 0, RecordsFile = file });
        return file;
    }

    private void Run(string figures, params string[] folder)
    {
        Directory.CreateDirectory(_folder.File(folder));
        File.WriteAllText(_folder.File([.. folder, "metrics.jsonl"]), figures);
    }
}
