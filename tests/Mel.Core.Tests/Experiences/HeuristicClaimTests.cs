using Mel.Experiences;
using Mel.Testing;

namespace Mel.Core.Tests.Experiences;

[TestFixture]
public sealed class HeuristicClaimTests
{
    [TestCase("  Sum of  Odd numbers: ", "sum of odd numbers")]
    [TestCase("**[Parity]**,\nthen \"carry\"!", "parity then carry")]
    [TestCase("- subtract -7, not +7 - or 3.5", "subtract -7 not +7 or 3.5")]
    [TestCase("f(x) = x^2.", "f(x = x^2")]
    [TestCase("... - !", "")]
    [TestCase("half \ud800 pair", "half \ud800 pair")]
    public void Normalized_MakesWordingsOfOneThingEqual(string text, string expected)
    {
        HeuristicClaim.Normalized(text, "x")?.Key.Should().Be(expected);
        HeuristicClaim.Normalized("x", text)?.Answer.Should().Be(expected);
        (HeuristicClaim.Normalized(text, "x") is null).Should().Be(expected.Length == 0);
    }

    [Test]
    public void Claim_ByDefault_IsTheRecallPromptAndTheRecalledPart()
    {
        IExperienceLanguage language = new ToyExperienceLanguage(recall: 'R');
        language.Claim("12 Add!", language.Parse("12 Add!").Sections!).Should().Be(new HeuristicClaim("r", "add"));
    }
}
