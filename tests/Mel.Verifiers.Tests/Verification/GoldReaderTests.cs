namespace Mel.Verifiers.Tests.Verification;

/// <summary>Golds that are more than an expression: explanations that come to a value are read, sentences with several values are not.</summary>
[TestFixture]
public sealed class GoldReaderTests
{
    private static readonly MathVerifier Verifier = new();

    [TestCase("Let $x$ be the price. Then $2x = 10$, so the price is $x = 5$.", "\\boxed{5}", true)]
    [TestCase("Adding the two equations gives $2x = 14$. Thus $x = 7$.", "\\boxed{7}", true)]
    [TestCase("We count 3 cases. There are 4 ways in each. So the total is 12.", "\\boxed{12}", true)]
    [TestCase("3*4 = 12\n12+5 = 17\n#### 17", "\\boxed{17}", true)]
    [TestCase("$\\min$ at $x=3$, $\\max$ at $x=9$", "\\boxed{9}", false)]
    [TestCase("The minimum is $2$ and the maximum is $8$.", "\\boxed{8}", false)]
    [TestCase("5 if the number is even, 6 otherwise", "\\boxed{5}", false)]
    [TestCase("5 if the number is even, 6 otherwise", "\\boxed{6}", false)]
    [TestCase("The vertex is $(1,2)$ and the axis is $x=1$", "\\boxed{1}", false)]
    [TestCase("The answer is $12$.", "\\boxed{12}", true)]
    [TestCase("Solution is: $x=-3$.", "\\boxed{-3}", true)]
    [TestCase("The solution is $x=4$", "\\boxed{4}", true)]
    [TestCase("There is no solution.", "\\boxed{\\text{no solution}}", true)]
    [TestCase("Anna's soccer team", "\\boxed{\\text{Anna's soccer team}}", true)]
    [TestCase("Peter's car", "\\boxed{\\text{Peter's car}}", true)]
    [TestCase("Peter's car", "\\boxed{\\text{Peter}}", false)]
    [TestCase("Area: 12", "\\boxed{12}", true)]
    [TestCase("Total: $15$", "\\boxed{15}", true)]
    [TestCase("not 5", "\\boxed{5}", false)]
    [TestCase("all numbers except 5", "\\boxed{5}", false)]
    [TestCase("local maximum at $x=0$", "\\boxed{0}", false)]
    [TestCase("converges for $|x|<3$", "\\boxed{3}", false)]
    public void Verify_GoldInWords_IsItsValueOrNothing(string gold, string response, bool right)
        => Verifier.Verify(gold, response).IsCorrect.Should().Be(right);

    [TestCase("Answer is sixty four.", "prose")]
    [TestCase("$\\min$ at $x=3$, $\\max$ at $x=9$", "prose")]
    [TestCase("The minimum is $2$ and the maximum is $8$.", "prose")]
    [TestCase("5 if the number is even, 6 otherwise", "conditions")]
    [TestCase("\\boxed{3 + * 4}", "its box is not in a notation that is known")]
    [TestCase("3 +", "not in a notation that is known: '3 +'")]
    public void CanRead_UnreadableGold_SaysWhy(string gold, string reason)
    {
        Verifier.CanRead(gold, out string? given).Should().BeFalse();
        given.Should().Contain(reason);
        Verifier.CanRead(gold).Should().BeFalse();
    }

    [Test]
    public void CanRead_LongGold_IsQuotedInPart()
    {
        Verifier.CanRead(new string('+', 5000), out string? reason).Should().BeFalse();
        reason!.Length.Should().BeLessThan(200);
    }

    [TestCase("12"), TestCase("\\frac{1}{2}"), TestCase("So the area is \\boxed{12}."), TestCase("7 + 5 = 12\n#### 12"), TestCase("Hence the area is $12$.")]
    public void CanRead_ReadableGold_GivesNoReason(string gold)
    {
        Verifier.CanRead(gold, out string? reason).Should().BeTrue();
        reason.Should().BeNull();
    }
}
