using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class ChainVerifierTests
{
    private static readonly Prompt Prompt = new("p", "Q 17 op12 op40", "30");

    private const string Solution = "step1 17 op12 odd +4 21 step2 21 op40 odd +9 30 ANS 30";

    [Test]
    public async Task Verify_AnswerAndForm_IsCorrect() => (await Judge(Solution, Words.End)).Should().Be(Verdict.Correct);

    [Test]
    public async Task Verify_WrongStepsWithTheRightAnswer_IsCorrect()
        => (await Judge("step1 17 op12 odd +1 3 step2 21 op40 odd +9 30 ANS 30", Words.End)).Should().Be(Verdict.Correct, "the outcome is judged, not the way to it");

    [TestCase("step1 17 op12 odd +4 21 step2 21 op40 odd -7 14 ANS 14", Words.End, TestName = "another answer")]
    [TestCase(Solution, null, TestName = "cut off")]
    [TestCase(Solution, Words.EndExperience, TestName = "ended like a meta-experience")]
    [TestCase(Solution + " ANS 30", Words.End, TestName = "too long")]
    [TestCase("step1 17 op12 odd +4 30 ANS 30", Words.End, TestName = "a step too few")]
    [TestCase("step1 17 op12 odd +4 21 step2 21 op40 odd +9 30 step3 1 op1 odd +4 30 ANS 30", Words.End, TestName = "a step too many")]
    [TestCase("ANS 30", Words.End, TestName = "no steps")]
    [TestCase("step1 17 op12 odd +4 21 step2 21 op40 odd +9 30 30 ANS", Words.End, TestName = "answer out of place")]
    [TestCase("step1 17 op12 odd +4 21 step2 21 op40 odd +9 <pad> ANS 30", Words.End, TestName = "a word that is none")]
    public async Task Verify_Otherwise_IsIncorrect(string text, string? stop) => (await Judge(text, stop)).Should().Be(Verdict.Incorrect);

    [Test]
    public async Task Verify_StopTokenInTheMiddle_IsIncorrect()
    {
        Trajectory written = Written.By(Solution.Replace(" ANS", " END ANS", StringComparison.Ordinal), Words.End);
        written.Text.Should().Be(Solution);
        (await new ChainVerifier().VerifyAsync(Prompt, written)).Verdict.Should().Be(Verdict.Incorrect);
    }

    [TestCase("What is 2 + 2?", "4")]
    [TestCase("Q 17 op12 op40", "thirty")]
    public async Task Verify_PromptOfAnotherWorld_IsUnverifiable(string question, string answer)
        => (await new ChainVerifier().VerifyAsync(new Prompt("p", question, answer), Written.By(Solution, Words.End))).Verdict.Should().Be(Verdict.Unverifiable);

    private static async Task<Verdict> Judge(string text, string? stop) => (await new ChainVerifier().VerifyAsync(Prompt, Written.By(text, stop))).Verdict;
}
