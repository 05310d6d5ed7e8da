using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Extraction;

/// <summary>Where the answer of a response is found, rule by rule and preset by preset.</summary>
[TestFixture]
public sealed class ExtractionTests
{
    private static readonly MathVerifier Evaluation = new(ExtractionOptions.Evaluation);
    private static readonly MathVerifier Training = new(ExtractionOptions.Training);

    [TestCase("<think>17?</think> <answer> 19 </answer>", "19", ExtractionRule.AnswerTag)]
    [TestCase("<answer>Thus \\boxed{19}</answer>", "19", ExtractionRule.AnswerTag)]
    [TestCase("Hence $\\boxed{x^2}$ as required.", "x^2", ExtractionRule.Boxed)]
    [TestCase("Hence \\fbox{7}.", "7", ExtractionRule.Boxed)]
    [TestCase("We get \\boxed{61}% of them.", "61\\%", ExtractionRule.Boxed)]
    [TestCase("An angle of $\\boxed{61}^\\circ$.", "61^\\circ", ExtractionRule.Boxed)]
    [TestCase("Cut off at \\boxed{88", "88", ExtractionRule.Boxed)]
    [TestCase("One root is \\boxed{5} and the other is another matter: \\boxed{6}", "6", ExtractionRule.Boxed)]
    [TestCase("\\boxed{5} and \\boxed{6}", "5 , 6", ExtractionRule.Boxed)]
    [TestCase("\\boxed{5}, \\boxed{6}, and \\boxed{7}", "5 , 6 , 7", ExtractionRule.Boxed)]
    [TestCase("\\boxed{5} \\boxed{6}", "6", ExtractionRule.Boxed)]
    [TestCase("Final Answer: The final answer is $2^9$. I hope it is correct.", "2^9", ExtractionRule.FinalAnswerPhrase)]
    [TestCase("Total 3*4=12\n#### 12", "12", ExtractionRule.HashMarks)]
    [TestCase("I add them.\n\n**Answer:** 58", "58", ExtractionRule.AnswerLine)]
    [TestCase("Work\nA: 58", "58", ExtractionRule.AnswerLine)]
    [TestCase("计算得出\n答案：58", "58", ExtractionRule.AnswerLine)]
    [TestCase("So the answer is 58, because nothing is left.", "58", ExtractionRule.AnswerPhrase)]
    [TestCase("The answer is $58$ and we are done.", "58", ExtractionRule.AnswerPhrase)]
    [TestCase("x^2 + 58", "x^2 + 58", ExtractionRule.WholeResponse)]
    [TestCase("It follows that $a+b = 3$, whence the sum of squares is $5$.", "5", ExtractionRule.MathSegment)]
    [TestCase("so $2y=14$ and $y=7$", "y=7", ExtractionRule.MathSegment)]
    [TestCase("She pays $3 for each of them and so she spends 4 * 3 = $12 every week", "12", ExtractionRule.LastExpression)]
    [TestCase("In the end there are 58 apples in the basket", "58", ExtractionRule.LastExpression)]
    public void Evaluation_EachRule_FindsTheAnswer(string response, string answer, ExtractionRule rule)
    {
        MathVerification result = Evaluation.Verify("0", response);
        result.Answer.Should().Be(answer);
        result.Rule.Should().Be(rule);
    }

    [TestCase("The answer is not 58.")]
    [TestCase("<think>It could be \\boxed{58}.</think> I do not know.")]
    [TestCase("<think>It could be \\boxed{58}.")]
    [TestCase("The box stays empty: \\boxed{}")]
    [TestCase("There is nothing to find here at all.")]
    [TestCase("")]
    public void Evaluation_NothingDeliberate_FindsNoAnswer(string response)
        => Evaluation.Verify("58", response).Outcome.Should().Be(VerificationOutcome.NoAnswer);

    [TestCase("Hence the result is 58.")]
    [TestCase("The answer is 58.")]
    [TestCase("so $x = 58$")]
    [TestCase("Maybe \\boxed{57}. On reflection the value is rather this: \\boxed{58}.")]
    public void Training_Guesses_AreNoAnswer(string response)
        => Training.Verify("58", response).Outcome.Should().Be(VerificationOutcome.NoAnswer);

    [TestCase("Hence \\boxed{58}.")]
    [TestCase("<answer>58</answer>")]
    [TestCase("Answer: 58")]
    [TestCase("We find \\boxed{58}.\n\n**Final Answer**\n\\boxed{ 58 }")]
    public void Training_DeliberateAnswers_Count(string response) => Training.Verify("58", response).IsCorrect.Should().BeTrue();

    [Test]
    public void Training_JoinedBoxes_AreOneAnswer()
    {
        Training.Verify("5, 6", "The roots are \\boxed{5} and \\boxed{6}.").IsCorrect.Should().BeTrue();
        Training.Verify("6", "It is \\boxed{5} or \\boxed{6}.").IsCorrect.Should().BeFalse();
    }

    [Test]
    public void Truncated_UnderTraining_HasNoAnswer_UnderEvaluationItIsRead()
    {
        Training.Verify("58", "\\boxed{58}", truncated: true).Outcome.Should().Be(VerificationOutcome.NoAnswer);
        Evaluation.Verify("58", "\\boxed{58}", truncated: true).IsCorrect.Should().BeTrue();
    }

    [TestCase("40*2=<<40*2=80>>80\n#### 80")]
    [TestCase("There are 80 of them.")]
    public void Gsm8k_HashMarksOrLastNumber_AreRead(string response)
        => new MathVerifier(ExtractionOptions.Gsm8k).Verify("80", response).IsCorrect.Should().BeTrue();

    [Test]
    public void Minerva_OnlyPhraseAndBox_AreRead()
    {
        MathVerifier verifier = new(ExtractionOptions.Minerva);
        verifier.Verify("9", "Final Answer: The final answer is $9$. I hope it is correct.").IsCorrect.Should().BeTrue();
        verifier.Verify("9", "So it equals $9$.").Outcome.Should().Be(VerificationOutcome.NoAnswer);
    }

    [TestCase("The answer is (D), not B.", "D")]
    [TestCase("C. It has the largest area", "C")]
    [TestCase("It is not A because of the sign, so I believe it is B", "B")]
    [TestCase("\\boxed{\\text{E}}", "E")]
    public void MultipleChoice_Letter_IsFound(string response, string gold)
        => new MathVerifier(ExtractionOptions.MultipleChoice).Verify(gold, response).IsCorrect.Should().BeTrue();

    [Test]
    public void MathVerify_Preset_ReadsReasoningAndNoTags()
    {
        MathVerifier verifier = new(ExtractionOptions.MathVerify);
        verifier.Verify("58", "<think>\\boxed{58}</think>").IsCorrect.Should().BeTrue();
        verifier.Verify("58", "<answer>58</answer>").Rule.Should().NotBe(ExtractionRule.AnswerTag);
    }

    [Test]
    public void ReasoningEnds_OtherTags_AreCutAt()
    {
        ExtractionOptions options = ExtractionOptions.Evaluation;
        options.ReasoningEnds = ["[/REASON]"];
        options.RequireReasoning = true;
        MathVerifier verifier = new(options);
        verifier.Verify("4", "\\boxed{3} [/REASON] \\boxed{4}").IsCorrect.Should().BeTrue();
        verifier.Verify("4", "\\boxed{4}").Outcome.Should().Be(VerificationOutcome.NoAnswer);
    }

    [Test]
    public void Span_OfTheAnswer_PointsIntoTheResponse()
    {
        const string Response = "Some words, then $\\boxed{\\frac{3}{8}}$ at last.";
        MathVerification result = Evaluation.Verify("3/8", Response);
        Response.Substring(result.Start, result.Length).Should().Be("\\frac{3}{8}");
    }

    [TestCase("\\boxed{12 + * 5}")]
    [TestCase("\\boxed{12 \\unknowncommand 5}")]
    public void Box_ThatDoesNotParse_FailsClosed(string response)
        => Evaluation.Verify("12", response).Outcome.Should().Be(VerificationOutcome.PredictionUnparsable);

    [TestCase("\\boxed{**64**}"), TestCase("\\boxed{64.}"), TestCase("\\boxed{６４}"), TestCase("\\\\boxed{64}"), TestCase("\\boxed{\\$64}"),
        TestCase("\\boxed{ +64 }"), TestCase("**Answer: 64**"), TestCase("$$\\boxed{64}$$")]
    public void Markup_AroundTheAnswer_IsNormalInput(string response) => Evaluation.Verify("64", response).IsCorrect.Should().BeTrue();
}
