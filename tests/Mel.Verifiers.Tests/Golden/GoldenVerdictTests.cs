using Mel.Testing;

namespace Mel.Verifiers.Tests.Golden;

[TestFixture, Category(ReferenceData.Category)]
public sealed class GoldenVerdictTests
{
    // Rows whose stated verdict is wrong: the response ends in the gold, and both graders that were asked missed it.
    private static readonly Dictionary<string, string> WrongLabels = new(StringComparer.Ordinal)
    {
        ["resp-01465"] = "ends '... = -\\frac{\\pi}{6}.$', the gold, without the phrase of its format",
        ["resp-01477"] = "ends '... = \\frac{\\sqrt{3}}{3}.$$', the gold, without the phrase of its format",
        ["resp-01702"] = "says 'The final answer is east', the gold",
    };

    [TestCase("math-verify", 0, 0)]
    [TestCase("issues", 0, 0)]
    [TestCase("differential", 0.003, 0)]
    [TestCase("responses", 0.003, 0)]
    public void Verdicts_UncontestedRows_StayWithinTheErrorTargets(string file, double falseNegatives, int falsePositives)
    {
        GoldenHarness.Report report = Run(file);
        report.FalseNegativeRate.Should().BeLessThanOrEqualTo(falseNegatives);
        report.FalsePositives.Count(f => !WrongLabels.ContainsKey(f.Row.Id)).Should().BeLessThanOrEqualTo(falsePositives);
    }

    [TestCase("beyond", 0.98)]
    [TestCase("peers", 0.97)]
    [TestCase("latex2sympy", 0.97)]
    public void Verdicts_UncontestedRows_ReachTheAgreementTarget(string file, double agreement)
        => Run(file).Agreement.Should().BeGreaterThanOrEqualTo(agreement);

    private static GoldenHarness.Report Run(string file)
    {
        GoldenHarness.Report report = GoldenHarness.Run(ReferenceData.Require("golden", "verify", file + ".jsonl"));
        GoldenHarness.Print(report, TestContext.Out);
        return report;
    }
}
