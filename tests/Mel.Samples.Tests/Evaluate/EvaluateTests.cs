using System.Text.RegularExpressions;
using Mel.Evaluation;
using Mel.Testing;

namespace Mel.Samples.Tests.Evaluate;

/// <summary>The evaluation program: a run, its resume, the table, the comparison, and what it says to a wrong command line.</summary>
[TestFixture, NonParallelizable]
public sealed class EvaluateTests
{
    private const string Sample = "Mel.Samples.Evaluate";

    [Test]
    public void Run_BuiltInModel_PrintsTheTable_AndGoesOnWhereItWasCut()
    {
        using TemporaryFolder folder = new();
        string[] command = ["run", "--limit", "12", "--samples", "4", "--batch", "5", "--out", folder.Path];

        (int code, string output, string error) = SampleProgram.Run(Sample, command);

        error.Should().BeEmpty();
        code.Should().Be(0);
        string records = folder.File("miniature", "held-out.jsonl");
        EvaluationReport report = new(EvaluationRecords.Load(records).Records);
        report.Should().BeEquivalentTo(new { Questions = 12, Samples = 4, Unverifiable = 0 });
        Table(output).Should().Equal(Percent(report.PassAt1), Percent(report.AverageAtK), Percent(report.PassAtK));
        output.Should().Contain("held-out").And.Contain("Pass@1").And.Contain("Avg@4").And.Contain("Pass@4")
            .And.Contain($"{100 * report.PassAt1Interval.Low:F1}-{100 * report.PassAt1Interval.High:F1}");

        byte[] bytes = File.ReadAllBytes(records);
        File.WriteAllBytes(records, bytes[..(bytes.Length * 2 / 3)]);
        Table(SampleProgram.Run(Sample, command).Output).Should().Equal(Table(output));
        File.ReadAllBytes(records).Should().Equal(bytes, "it goes on with the same attempts");
        Table(SampleProgram.Run(Sample, "table", records).Output).Should().Equal(Table(output));

        (code, _, error) = SampleProgram.Run(Sample, [.. command, "--temperature", "0.7"]);
        code.Should().Be(1);
        error.Should().Contain("the records belong to another evaluation: Temperature was 0.6 and is 0.7");
    }

    [Test]
    public void Compare_TwoRecordsFiles_PrintsDifferenceIntervalAndPValue()
    {
        using TemporaryFolder folder = new();
        foreach (string seed in (string[])["1", "2"])
            SampleProgram.Run(Sample, "run", "--limit", "16", "--samples", "2", "--seed", seed, "--out", folder.File(seed)).ExitCode.Should().Be(0);
        string[] files = [.. ((string[])["1", "2"]).Select(seed => folder.File(seed, "miniature", "held-out.jsonl"))];

        (int code, string output, string error) = SampleProgram.Run(Sample, ["compare", .. files]);

        error.Should().BeEmpty();
        code.Should().Be(0);
        EvaluationReport[] reports = [.. files.Select(f => new EvaluationReport(EvaluationRecords.Load(f).Records))];
        output.Should().Contain("The two were not evaluated alike: Seed 1 and 2.").And.Contain("16 questions in common, 0 in one only.");
        PairedComparison average = PairedComparison.Of(reports[0].Average, reports[1].Average);
        Regex.Match(output, @"Avg@2 +([\d.]+) +([\d.]+) +([+\-\d.]+) +(\S+) to (\S+) +([\d.]+)").Groups.Values.Skip(1).Select(g => g.Value).Should().Equal(
            Percent(reports[0].AverageAtK), Percent(reports[1].AverageAtK), $"{100 * average.Difference:+0.00;-0.00;0.00}",
            $"{100 * average.Interval.Low:+0.0;-0.0;0.0}", $"{100 * average.Interval.High:+0.0;-0.0;0.0}", $"{average.Test.TwoSided:F4}");
        Regex.Match(output, @"Pass@1 +([\d.]+) +([\d.]+) +(\S+) +(\S+) to (\S+) +([\d.]+)").Groups[3].Value.Should().Be("0.00", "the greedy attempts are the same");
        output.Should().Contain("Maj@2");
    }

    [Test]
    public void Compare_OtherQuestions_IsRefused()
    {
        using TemporaryFolder folder = new();
        SampleProgram.Run(Sample, "run", "--limit", "2", "--samples", "0", "--out", folder.Path).ExitCode.Should().Be(0);
        string records = folder.File("miniature", "held-out.jsonl"), other = folder.File("other.jsonl");
        string digest = EvaluationRecords.Load(records).Records[0].Digest;
        File.WriteAllText(other, File.ReadAllText(records).Replace(digest, "0000", StringComparison.Ordinal));

        (int code, _, string error) = SampleProgram.Run(Sample, "compare", records, other);

        code.Should().Be(1);
        error.Should().Contain("other.jsonl").And.Contain("has another text or answer there");
    }

    [Test, Category(ReferenceData.Category)]
    public void Run_FolderAndTwoSets_PrintsThemAndTheirAverage()
    {
        using TemporaryFolder folder = new();
        string model = ReferenceData.Folders("golden/models") is [var any, ..] ? any : ReferenceData.Require("golden", "models");
        string[] sets = [.. ((string[])["first", "second"]).Select(name => folder.Write($"{name}.jsonl", $$"""{"id":"{{name}}","problem":"1+1?","answer":"2"}""" + "\n"))];

        (int code, string output, string error) = SampleProgram.Run(
            Sample, "run", "--model", model, "--data", sets[0], sets[1], "--samples", "2", "--max-tokens", "4", "--out", folder.Path);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("first").And.Contain("second").And.Contain("Average").And.Contain(Path.GetFileName(model)).And.Contain("0.0-97.5");
        File.ReadAllLines(folder.File(Path.GetFileName(model), "second.jsonl")).Should().HaveCount(1 + 1 + 2);
    }

    [TestCase("--help")]
    [TestCase("run --help")]
    [TestCase("compare -h")]
    public void Help_IsEverywhere(string line)
    {
        (int code, string output, _) = SampleProgram.Run(Sample, line.Split(' '));

        code.Should().Be(0);
        output.Should().Contain("Usage:");
    }

    [Test]
    public void WrongOptions_AreSaidAllAtOnce_ByName()
    {
        (int code, _, string error) = SampleProgram.Run(
            Sample, "run", "--model", "/no/such/folder", "--samples", "-1", "--temperature", "warm", "--batch=0", "--device", "abacus", "--speed", "9");

        code.Should().Be(2);
        error.Should().Contain("--model is '/no/such/folder', expected a folder that exists").And.Contain("--data is missing").And.Contain("--samples is '-1', expected a number of at least 0")
            .And.Contain("--batch is '0'").And.MatchRegex("'warm'.*'--temperature'").And.Contain("'abacus'").And.Contain("'--speed'");
    }

    [Test]
    public void MissingRecords_AreNamed()
    {
        (int code, _, string error) = SampleProgram.Run(Sample, "compare", "/no/a.jsonl", "/no/b.jsonl");

        code.Should().Be(2);
        error.Should().Contain("first is '/no/a.jsonl'").And.Contain("second is '/no/b.jsonl'");
    }

    /// <summary>The figures of the row of the built-in model.</summary>
    private static string[] Table(string output)
        => [.. Regex.Match(output, @"^ *miniature +([\d.]+) +([\d.]+) +([\d.]+)", RegexOptions.Multiline).Groups.Values.Skip(1).Select(g => g.Value)];

    private static string Percent(double share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * share:F2}");
}
