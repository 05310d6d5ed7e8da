namespace Mel.Verifiers.Tests.Verification;

/// <summary>A percent sign on the answer to a gold without one counts where the question asks for a percentage, not where it only mentions one.</summary>
[TestFixture]
public sealed class PercentQuestionTests
{
    [TestCase("0.8", "\\boxed{0.8\\%}", false, "A shop sells 20% more. What is the ratio?")]
    [TestCase("40", "\\boxed{40\\%}", true, "What percent of 50 is 20?")]
    [TestCase("40", "\\boxed{40\\%}", true, "By what percentage did the price rise?")]
    [TestCase("40", "\\boxed{40\\%}", true, "Express your answer as a percentage.")]
    [TestCase("40", "\\boxed{40\\%}", true, "The percentage of women is")]
    [TestCase("40", "\\boxed{40\\%}", true, "Find the percent increase.")]
    [TestCase("40", "\\boxed{40\\%}", false, "After a discount of 20 percent, what is the price?")]
    [TestCase("40", "\\boxed{40\\%}", false, "A 25% tax is added to $32. How much is paid?")]
    [TestCase("40", "\\boxed{40\\%}", false, "He pays interest at a rate of $5\\%$. How many dollars does he have?")]
    [TestCase("40", "\\boxed{40\\%}", true, "How many percent of them are red?")]
    [TestCase("40", "\\boxed{40\\%}", true, "What is the percentage of red marbles?")]
    [TestCase("40", "\\boxed{40\\%}", true, "What was the annual interest rate, in percent?")]
    [TestCase("40", "\\boxed{40\\%}", true, "What % of 50 is 20?")]
    [TestCase("12", "\\boxed{12\\%}", false, "Thirty percent of the class are boys. How many girls are there if there are 40 students?")]
    public void Verify_PercentOnTheAnswer_CountsWhereAskedFor(string gold, string response, bool right, string question)
        => new MathVerifier().Verify(gold, response, question).IsCorrect.Should().Be(right);
}
