using Mel.Samples.QuickStart;

namespace Mel.Samples.Tests.QuickStart;

[TestFixture]
public sealed class SeedFindingTests
{
    // Mean .05, deviation .01, three seeds: the 97.5 % quantile of t with two degrees of freedom is 4.302653, so the reach is
    // .04302653 * .57735027 = .02484138.
    [TestCase(0.04, 0.05, 0.06, 0.02515862, 0.07484138, "better")]
    [TestCase(-0.04, -0.05, -0.06, -0.07484138, -0.02515862, "worse")]
    [TestCase(0.01, 0.02, 0.03, -0.00484138, 0.04484138, "no verdict")]
    public void Verdict_ThreeSeeds_NeedsAnIntervalWithoutZero(double a, double b, double c, double low, double high, string verdict)
    {
        SeedFinding finding = new([a, b, c]);

        finding.Interval.Low.Should().BeApproximately(low, 1e-7);
        finding.Interval.High.Should().BeApproximately(high, 1e-7);
        finding.Verdict.Should().Be(verdict);
    }

    [TestCase(0.5)]
    [TestCase(-0.5)]
    public void Verdict_OneSeed_IsNone(double difference)
    {
        SeedFinding finding = new([difference]);

        finding.Verdict.Should().Be("no verdict");
        finding.ToString().Should().Contain("one seed");
    }

    [Test]
    public void Verdict_SeedsThatAllAgreeOnNoDifference_IsNone() => new SeedFinding([0, 0, 0]).Verdict.Should().Be("no verdict");
}
