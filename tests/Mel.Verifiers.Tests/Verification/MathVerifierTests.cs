using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Verification;

[TestFixture]
public sealed class MathVerifierTests
{
    private static Trajectory Written(string text, FinishReason reason = FinishReason.Stop) => new(default, default, text, reason);

    [TestCase("12", "\\boxed{12}", FinishReason.Stop, Verdict.Correct)]
    [TestCase("12", "\\boxed{13}", FinishReason.Stop, Verdict.Incorrect)]
    [TestCase("12", "no idea", FinishReason.Stop, Verdict.Incorrect)]
    [TestCase("12", "\\boxed{12}", FinishReason.Length, Verdict.Incorrect)]
    [TestCase("12 + * 3", "\\boxed{12}", FinishReason.Stop, Verdict.Unverifiable)]
    [TestCase("12 + * 3", "no idea", FinishReason.Stop, Verdict.Unverifiable)]
    [TestCase("12", "\\boxed{12 + * 3}", FinishReason.Stop, Verdict.Incorrect)]
    public async Task VerifyAsync_MapsOutcomesToVerdicts(string gold, string response, FinishReason reason, Verdict verdict)
        => (await new MathVerifier().VerifyAsync(new Prompt("1", "?", gold), Written(response, reason))).Verdict.Should().Be(verdict);

    [Test]
    public async Task VerifyAsync_QuestionKey_NamesTheQuestionInMetadata()
    {
        Prompt prompt = new("1", "template", "40") { Metadata = new Dictionary<string, string> { ["question"] = "What percent is left?" } };
        MathVerifier verifier = new(new MathVerifierOptions { QuestionKey = "question" });
        (await verifier.VerifyAsync(prompt, Written("\\boxed{40\\%}"))).Verdict.Should().Be(Verdict.Correct);
        (await new MathVerifier().VerifyAsync(prompt, Written("\\boxed{40\\%}"))).Verdict.Should().Be(Verdict.Incorrect);
    }

    [Test]
    public void Verify_Canceled_Throws()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        FluentActions.Invoking(() => new MathVerifier().Verify("1", "\\boxed{1}", cancellationToken: source.Token))
            .Should().Throw<OperationCanceledException>();
    }

    [Test]
    public void Outcome_EachKind_IsTold()
    {
        MathVerifier verifier = new();
        verifier.Verify("3", "\\boxed{3}").Outcome.Should().Be(VerificationOutcome.Equivalent);
        verifier.Verify("3", "\\boxed{4}").Outcome.Should().Be(VerificationOutcome.NotEquivalent);
        verifier.Verify("3", "three and a half").Outcome.Should().Be(VerificationOutcome.NoAnswer);
        verifier.Verify("3", "\\boxed{3 + }").Outcome.Should().Be(VerificationOutcome.PredictionUnparsable);
        verifier.Verify("3 +", "\\boxed{3}").Outcome.Should().Be(VerificationOutcome.GoldUnparsable);
        verifier.Verify("3", "\\boxed{" + new string('(', 1000) + "}").Outcome.Should().Be(VerificationOutcome.LimitExceeded);
    }

    [Test]
    public void Limits_SmallSteps_EndInLimitExceeded()
    {
        MathVerifierOptions options = new();
        options.Limits.Steps = 40;
        new MathVerifier(options).Compare("\\sum_{k=1}^{n} k^3", "\\frac{n^2(n+1)^2}{4}").Outcome.Should().Be(VerificationOutcome.LimitExceeded);
        new MathVerifier().Compare("\\sum_{k=1}^{n} k^3", "\\frac{n^2(n+1)^2}{4}").Outcome.Should().Be(VerificationOutcome.Equivalent);
    }

    [Test]
    public void Verify_ManyThreads_AgreeWithOne()
    {
        MathVerifier verifier = new(ExtractionOptions.Evaluation);
        (string Gold, string Response)[] rows =
        [
            ("\\sqrt{12}", "\\boxed{2\\sqrt{3}}"), ("n!", "\\boxed{n(n-1)!}"), ("(1,2)\\cup(3,4)", "\\boxed{(3,4)\\cup(1,2)}"), ("2^{99}", "\\boxed{2^{98}}"),
            ("\\sin 2x", "\\boxed{2\\sin x \\cos x}"), ("5", "so it is 6"),
        ];
        VerificationOutcome[] expected = [.. rows.Select(r => verifier.Verify(r.Gold, r.Response).Outcome)];
        VerificationOutcome[] actual = new VerificationOutcome[rows.Length * 500];
        Parallel.For(0, actual.Length, i => actual[i] = verifier.Verify(rows[i % rows.Length].Gold, rows[i % rows.Length].Response).Outcome);
        for (int i = 0; i < actual.Length; i++) actual[i].Should().Be(expected[i % rows.Length]);
    }

    [TestCase("\\frac{1}{2}", true), TestCase("blue", true), TestCase("The answer is, as one can see, blue.", false), TestCase("\\frac{1}{", false)]
    public void CanRead_Gold_TellsBeforeARun(string gold, bool readable) => new MathVerifier().CanRead(gold).Should().Be(readable);

    [Test]
    public void Gold_AsASolution_IsReadFromItsBox()
        => new MathVerifier().Verify("First we add, then $x = \\boxed{31}$.", "\\boxed{31}").IsCorrect.Should().BeTrue();
}
