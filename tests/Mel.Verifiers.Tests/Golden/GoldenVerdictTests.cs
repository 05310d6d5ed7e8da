using Mel.Testing;

namespace Mel.Verifiers.Tests.Golden;

[TestFixture, Category(ReferenceData.Category)]
public sealed class GoldenVerdictTests
{
    [TestCase("math-verify", 0, 0)]
    [TestCase("issues", 0, 0)]
    [TestCase("differential", 0.003, 0)]
    [TestCase("responses", 0.003, 0)]
    public void Verdicts_UncontestedRows_StayWithinTheErrorTargets(string file, double falseNegatives, int falsePositives)
    {
        GoldenHarness.Report report = Run(file);
        report.FalseNegativeRate.Should().BeLessThanOrEqualTo(falseNegatives);
        report.FalsePositives.Count.Should().BeLessThanOrEqualTo(falsePositives);
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
