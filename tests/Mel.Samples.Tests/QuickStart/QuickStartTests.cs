using Mel.Testing;

namespace Mel.Samples.Tests.QuickStart;

[TestFixture, NonParallelizable]
public sealed class QuickStartTests
{
    private const string Sample = "Mel.Samples.QuickStart";

    private static readonly string[] Variants = ["grpo", "grpo-me-eq7", "grpo-me-heuristic"];

    [Test]
    public void QuickStart_OneSeed_ShowsProgress_Experiences_ATableOfFourRows_AndNoVerdict()
    {
        using TemporaryFolder folder = new();

        (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "2", "--seeds", "1", "--out", folder.Path);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("step 2/2").And.Contain("retained").And.Contain("heuristic    HEUR");
        output.Should().MatchRegex(@"\nbase +\d").And.MatchRegex(@"\nGRPO +\d")
            .And.MatchRegex(@"\nGRPO \+ ME \(Eq. 7\) +\d").And.MatchRegex(@"\nGRPO \+ ME \(heuristic\) +\d");
        output.Should().Contain("with one seed: no").And.NotContain("better.").And.NotContain("worse.");
        foreach (string run in Variants) File.ReadAllLines(folder.File(run, "seed-1", "metrics.jsonl")).Should().HaveCount(2);
        foreach (string picture in (string[])["curves.png", "curves.svg"]) File.Exists(folder.File(picture)).Should().BeTrue();
        // Behind the lines of the steps, which are the board's, nothing is wider than a narrow terminal.
        output[output.IndexOf("Meta-experiences", StringComparison.Ordinal)..].Split('\n').Where(l => !l.Contains(folder.Path)).Should()
            .OnlyContain(l => l.TrimEnd('\r').Length <= 79);
    }

    [Test]
    public void QuickStart_TwoSeeds_HaveFiguresAndQuestionsOfTheirOwn_AndAnInterval()
    {
        using TemporaryFolder folder = new();

        (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "1", "--seeds", "2", "--seed", "5", "--out", folder.Path);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("seeds 5, 6.").And.Contain("95 %").And.Contain("mean over 2 seeds");
        string[] first = [.. ((string[])["seed-5", "seed-6"]).Select(seed => Accuracy(folder.File("grpo", seed, "metrics.jsonl")))];
        first[0].Should().NotBe(first[1], "the seeds have questions of their own");
        foreach (string run in Variants)
            ((string[])["seed-5", "seed-6"]).Select(seed => Accuracy(folder.File(run, seed, "metrics.jsonl")))
                .Should().Equal(first, "all variants begin alike");

        static string Accuracy(string file)
            => System.Text.Json.JsonDocument.Parse(File.ReadAllLines(file)[0]).RootElement.GetProperty("accuracy").GetRawText();
    }

    [Test]
    public void QuickStart_WrongOptions_AreReportedAllAtOnceByName()
    {
        (int code, _, string error) = SampleProgram.Run(Sample, "--steps", "0", "--seeds", "many", "--sted", "1");

        code.Should().Be(2);
        error.Should().Contain("--steps is '0', expected a number of at least 1.").And.Contain("'--seeds'").And.Contain("'--sted'").And.Contain("--help");
    }

    [Test]
    public void QuickStart_Help_NamesEveryOption()
    {
        (int code, string output, _) = SampleProgram.Run(Sample, "--help");

        code.Should().Be(0);
        output.Should().Contain("--steps").And.Contain("--seeds").And.Contain("--seed").And.Contain("--out");
    }
}
