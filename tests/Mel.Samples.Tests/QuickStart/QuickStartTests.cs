using Mel.Testing;

namespace Mel.Samples.Tests.QuickStart;

[TestFixture, NonParallelizable]
public sealed class QuickStartTests
{
    private const string Sample = "Mel.Samples.QuickStart";

    [Test]
    public void QuickStart_TwoSteps_ShowsProgress_Experiences_AndATableOfFourRows()
    {
        using TemporaryFolder folder = new();

        (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "2", "--out", folder.Path);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("step 2/2").And.Contain("retained").And.Contain("heuristic    HEUR");
        output.Should().Contain("| base ").And.Contain("| GRPO ").And.Contain("| GRPO + ME (Eq. 7)").And.Contain("| GRPO + ME (heuristic)");
        foreach (string run in (string[])["grpo", "grpo-me-eq7", "grpo-me-heuristic"]) File.ReadAllLines(folder.File(run, "metrics.jsonl")).Should().HaveCount(2);
    }

    [TestCase("--steps", "0")]
    [TestCase("--steps", "many")]
    [TestCase("--sted", "1")]
    public void QuickStart_UnknownOption_IsRefusedWithTheUsage(string option, string value)
    {
        (int code, _, string error) = SampleProgram.Run(Sample, option, value);

        code.Should().Be(2);
        error.Should().Contain($"'{option} {value}' is not understood").And.Contain("usage:");
    }
}
