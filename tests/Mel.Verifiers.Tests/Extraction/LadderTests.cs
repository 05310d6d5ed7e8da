using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Extraction;

/// <summary>Answers of benchmarks in the forms that responses really end in.</summary>
[TestFixture]
public sealed class LadderTests
{
    [TestCase("\\frac{2}{3}", "Exact: \\boxed{\\frac23}, numerically \\boxed{\\approx 0.667}", true)]
    [TestCase("\\sqrt3", "It is \\boxed{\\sqrt3} \\approx \\boxed{1.732}", true)]
    [TestCase("42", "So the answer is 42. \\boxed{}", true)]
    [TestCase("42", "So \\boxed{42}. Write it in \\boxed{}", true)]
    [TestCase("42", "so \\boxed{42} but let me redo it: \\boxed{", false)]
    [TestCase("7", "We have\n\\begin{align*}\nx &= 3+4 \\\\\n&= 7.\n\\end{align*}", true)]
    [TestCase("\\frac{3}{4}", "Then\n\\begin{align*}\nP &= 1-\\frac14 \\\\\n&= \\frac{3}{4}.\n\\end{align*}", true)]
    [TestCase("2\\sqrt3", "so $d = \\sqrt{12} = 2\\sqrt3$", true)]
    [TestCase("2\\sqrt3", "so $d = \\sqrt{12} = 2\\sqrt3.$ I hope it is correct.", true)]
    [TestCase("\\frac{3}{4}", "Final Answer: The final answer is $\\\\frac{3}{4}$. I hope it is correct.", true)]
    [TestCase("\\frac{3}{4}", "\\\\boxed{\\\\frac{3}{4}}", true)]
    [TestCase("3.5", "The answer is approximately 3.5.", true)]
    [TestCase("5", "The answer is exactly 5.", true)]
    [TestCase("5", "The answer cannot be 5.", false)]
    [TestCase("5", "It is anything but 5.", false)]
    [TestCase("5", "It is not 4 but 5.", true)]
    [TestCase("5", "The answer is **5**.", true)]
    [TestCase("5", "The answer is **5** apples.", true)]
    [TestCase("5", "**The answer is 5", true)]
    [TestCase("5", "Answer: **5", true)]
    [TestCase("12", "The answer is 12**", true)]
    [TestCase("-1", "x^2 = 5 - 6 = -1", true)]
    [TestCase("11", "5+6 = 11", true)]
    [TestCase("\\frac{3}{4}", "P = 1 - \\frac14 = \\frac{3}{4}", true)]
    [TestCase("\\frac{3}{4}", "The probability is P = 1 - \\frac14 = \\frac{3}{4}", true)]
    [TestCase("\\frac{3}{4}", "Thus \\[P = 1 - \\frac14 = \\frac{3}{4}\\]", true)]
    [TestCase("9", "The area is 3 \\cdot 3 = 9.", true)]
    [TestCase("6", "**Answer**\n6", true)]
    [TestCase("21", "#### Answer: 21", true)]
    [TestCase("15\\pi", "The volume is $V = \\pi r^2 h = 15\\pi$ cubic units.", true)]
    [TestCase("8", "so \\boxd{8}", true)]
    [TestCase("\\frac12", "so $\\boxd{\\frac12}$", true)]
    [TestCase("\\frac12", "so $\\box{\\frac12}$", true)]
    [TestCase("(1,2),(3,4)", "\\boxed{(3,4),(1,2)}", true)]
    public void Evaluation_EndOfAResponse_HoldsTheAnswer(string gold, string response, bool right)
        => new MathVerifier(ExtractionOptions.Evaluation).Verify(gold, response).IsCorrect.Should().Be(right);
}
