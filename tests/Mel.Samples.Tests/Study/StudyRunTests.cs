using Mel.Samples.Study;
using Mel.Testing;

namespace Mel.Samples.Tests.Study;

/// <summary>The program itself: runs in processes of their own, rows, and going on.</summary>
[TestFixture, NonParallelizable]
public sealed class StudyRunTests
{
    private const string Sample = "Mel.Samples.Study";

    [Test]
    public void Study_RowCutOff_IsMadeAgainAndIsTheSame_AndTheOtherIsKept()
    {
        using TemporaryFolder folder = new();
        string[] command = ["--only", "grpo,positive+memory,standard", "--seeds", "101", "--steps", "2", "--parallel", "2", "--out", folder.Path];
        string rows = folder.File("standard.jsonl");

        (int code, string output, string error) = SampleProgram.Run(Sample, command);

        error.Should().BeEmpty();
        (code, output.Contains("Every run is made.")).Should().Be((0, true), output);
        string[] first = File.ReadAllLines(rows);
        first.Should().HaveCount(2);
        RunRow[] made = [.. first.Select(RunRow.Parse)];
        made.Select(r => r.Arm).Should().BeEquivalentTo("grpo", "positive+memory");
        made.Should().OnlyContain(r => r.Reward.Count == 2 && r.EvaluatedSteps.Single() == 2 && r.Greedy.Single() > .2 && r.AverageAt8.Single() > .2);
        made.Select(r => r.Reward[0]).Distinct().Should().HaveCount(1, "both begin with the same weights and questions");
        made.Single(r => r.Arm == "positive+memory").Trusted!.Single().Should().BePositive();

        File.WriteAllText(rows, first[0] + "\n" + first[1][..40]);      // as a kill leaves it
        SampleProgram.Run(Sample, command).Output.Should().Contain("2 runs, 1 of them done");

        string[] second = File.ReadAllLines(rows);
        second[0].Should().Be(first[0]);
        RunRow.Parse(second[1]).Should().BeEquivalentTo(made[1], o => o.Excluding(r => r.Seconds));
        SampleProgram.Run(Sample, command).Output.Should().Contain("2 runs, 2 of them done");
    }

    [Test]
    public void Study_WrongWords_AreSaidAndNothingRuns()
    {
        using TemporaryFolder folder = new();

        (int code, _, string error) = SampleProgram.Run(Sample, "--only", "memori", "--out", folder.Path);

        code.Should().Be(1);
        error.Should().Contain("'memori'").And.Contain("memory-15");
        SampleProgram.Run(Sample, "--budget", "-1").Error.Should().Contain("--budget is '-1'");
        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
    }
}
