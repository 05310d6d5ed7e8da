using System.Globalization;
using System.Text.RegularExpressions;
using Mel.Samples.Tests.Docs;
using Mel.Testing;

namespace Mel.Samples.Tests.WholeLoop;

/// <summary>The whole algorithm stands in one short file, over public types alone, and works.</summary>
[TestFixture, NonParallelizable]
public sealed partial class LoopTests
{
    [Test]
    public void Loop_IsOneFileOfUnder150Lines()
    {
        string folder = Path.Combine(Documents.Repository, "samples", "Loop");

        string file = Directory.GetFiles(folder, "*.cs").Should().ContainSingle().Subject;
        File.ReadAllLines(file).Should().HaveCountLessThan(150);
        File.ReadAllText(Path.Combine(folder, "Loop.csproj")).Should().NotContain("InternalsVisibleTo");
    }

    [Test]
    public void Loop_EightSteps_LearnsFromAttemptsAndExperiences()
    {
        (int code, string output, string error) = SampleProgram.Run("Mel.Samples.Loop", "8");

        error.Should().BeEmpty();
        code.Should().Be(0);
        MatchCollection steps = StepLine().Matches(output);
        steps.Should().HaveCount(8).And.OnlyContain(m => int.Parse(m.Groups["retained"].Value, CultureInfo.InvariantCulture) > 0);
        double[] rewards = [.. steps.Select(m => double.Parse(m.Groups["reward"].Value, CultureInfo.InvariantCulture))];
        rewards.TakeLast(2).Average().Should().BeGreaterThan(0.15);
        PassAt1("after").Should().BeGreaterThan(PassAt1("before"));

        double PassAt1(string when) => double.Parse(Regex.Match(output, when + @":\s+([\d.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"step +\d+  reward (?<reward>[\d.]+)  experiences +(?<retained>\d+) of")]
    private static partial Regex StepLine();
}
