using Mel.Verifiers.Rules;
using Microsoft.Extensions.Options;

namespace Mel.Verifiers.Tests.Rules;

/// <summary>The options of the verifier: what is refused, and that they are read once.</summary>
[TestFixture]
public sealed class MathVerifierOptionsTests
{
    private static IEnumerable<TestCaseData> Broken()
    {
        yield return Case(o => o.Extraction.Rules = [], "Rules", "at least one rule");
        yield return Case(o => o.Extraction.Rules = [(ExtractionRule)99], "Rules", "got 99");
        yield return Case(o => (o.Extraction.Rules, o.Extraction.ChoiceLetters) = ([ExtractionRule.ChoiceLetter], ""), "ChoiceLetters", "at least one letter");
        yield return Case(o => o.AnswerRules.Percent = (PercentRule)99, "Percent", "SameNumberWhenGoldIsPercent, SameValue, Ignore, got 99");
        yield return Case(o => o.AnswerRules.Units = (UnitRule)99, "Units", "got 99");
        yield return Case(o => o.AnswerRules.Bases = (NumberBaseRule)99, "Bases", "got 99");
        yield return Case(o => o.AnswerRules.Degrees = (DegreeRule)99, "Degrees", "got 99");
        yield return Case(o => o.AnswerRules.DecimalPlaces = 0, "DecimalPlaces", "within [1, 60], got 0");
        yield return Case(o => o.AnswerRules.DecimalPlaces = 61, "DecimalPlaces", "288 bits");
        yield return Case(o => o.Limits.Depth = 7, "Depth", "within [8, 400], got 7");
        yield return Case(o => o.Limits.Depth = 401, "Depth", "stack");
        yield return Case(o => o.Limits.ResponseCharacters = 0, "ResponseCharacters", "at least 1, got 0");
        yield return Case(o => o.Limits.AnswerCharacters = 0, "AnswerCharacters", "at least 1, got 0");
        yield return Case(o => o.Limits.Tokens = 0, "Tokens", "at least 1, got 0");
        yield return Case(o => o.Limits.Nodes = 0, "Nodes", "at least 1, got 0");
        yield return Case(o => o.Limits.Items = 0, "Items", "at least 1, got 0");
        yield return Case(o => o.Limits.Steps = 0, "Steps", "at least 1, got 0");
    }

    private static TestCaseData Case(Action<MathVerifierOptions> change, string property, string reason)
        => new TestCaseData(change, property, reason).SetArgDisplayNames(property, reason);

    [TestCaseSource(nameof(Broken))]
    public void Options_OutOfRange_NameThePropertyAndTheReason(Action<MathVerifierOptions> change, string property, string reason)
    {
        MathVerifierOptions options = new();
        change(options);
        FluentActions.Invoking(() => new MathVerifier(options)).Should().Throw<OptionsValidationException>().Which
            .Message.Should().Contain(property).And.Contain(reason);
    }

    [Test]
    public void Options_SeveralRulesBroken_AreAllTold()
    {
        MathVerifierOptions options = new();
        options.AnswerRules.DecimalPlaces = 0;
        options.Limits.Depth = 100_000;
        FluentActions.Invoking(() => new MathVerifier(options)).Should().Throw<OptionsValidationException>().Which
            .Failures.Should().HaveCount(2);
    }

    [Test]
    public void Options_OfEveryPreset_AreValid()
    {
        foreach (ExtractionOptions preset in new[] { ExtractionOptions.Training, ExtractionOptions.Evaluation, ExtractionOptions.Gsm8k,
            ExtractionOptions.Minerva, ExtractionOptions.MultipleChoice, ExtractionOptions.MathVerify })
            FluentActions.Invoking(() => new MathVerifier(preset)).Should().NotThrow();
    }

    [Test]
    public void Options_PartsChangedAfterwards_HaveNoEffect()
    {
        ExtractionRule[] rules = [ExtractionRule.Boxed];
        string[] ends = ["[/REASON]"];
        MathVerifierOptions options = new();
        (options.Extraction.Rules, options.Extraction.ReasoningEnds) = (rules, ends);
        MathVerifier verifier = new(options);

        options.AnswerRules.Percent = PercentRule.Ignore;
        options.Limits.Steps = 1;
        options.Extraction.TruncatedIsNoAnswer = false;
        options.QuestionKey = "question";
        rules[0] = ExtractionRule.LastExpression;
        ends[0] = "</think>";

        verifier.Verify("30", "\\boxed{30\\%}").IsCorrect.Should().BeFalse();
        verifier.Verify("\\sqrt{8}", "\\boxed{2\\sqrt{2}}").IsCorrect.Should().BeTrue();
        verifier.Verify("30", "\\boxed{30}", truncated: true).Outcome.Should().Be(VerificationOutcome.NoAnswer);
        verifier.Verify("30", "it is 30").Outcome.Should().Be(VerificationOutcome.NoAnswer);
        verifier.Verify("30", "\\boxed{30} [/REASON]").Outcome.Should().Be(VerificationOutcome.NoAnswer);
    }

    [Test]
    public void Options_PartsReplacedAfterwards_HaveNoEffect()
    {
        MathVerifierOptions options = new();
        MathVerifier verifier = new(options);
        options.Extraction = ExtractionOptions.Evaluation;
        options.AnswerRules = new() { Percent = PercentRule.Ignore };
        options.Limits = new() { Steps = 1 };
        verifier.Verify("30", "it is 30").Outcome.Should().Be(VerificationOutcome.NoAnswer);
        verifier.Verify("30", "\\boxed{30\\%}").IsCorrect.Should().BeFalse();
        verifier.Verify("\\sqrt{8}", "\\boxed{2\\sqrt{2}}").IsCorrect.Should().BeTrue();
    }
}
