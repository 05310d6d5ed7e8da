using Mel.Verifiers;

namespace Mel.Samples.Tests.Docs;

/// <summary>The readme files of the packages say what the code does.</summary>
[TestFixture]
public sealed class PackagePagesTests
{
    [Test]
    public void VerifiersReadme_Comments_AreWhatIsPrinted()
    {
        MathVerification result = PackagePages.Verifiers();

        result.Outcome.ToString().Should().Be("Equivalent");
        $"{result.Answer} by {result.Rule}".Should().Be(@"\tan 30^\circ by Boxed");
    }

    [Test]
    public void VerifierPage_Comments_AreTrue()
    {
        (MathVerification one, MathVerification two, bool usable) = PackagePages.Grading();

        one.Outcome.ToString().Should().Be("Equivalent");
        two.Outcome.ToString().Should().Be("Equivalent");
        usable.Should().BeFalse();
    }
}
