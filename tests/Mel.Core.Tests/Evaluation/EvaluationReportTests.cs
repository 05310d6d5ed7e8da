using Mel.Evaluation;
using Mel.Verification;

namespace Mel.Core.Tests.Evaluation;

/// <summary>Figures of recorded attempts, worked out by hand.</summary>
[TestFixture]
public sealed class EvaluationReportTests
{
    // one: 2 right of 4, wrong ones differ. two: 1 right, three times the same wrong answer. three: all right. four: no answer at all.
    private static readonly EvaluationReport Report = new(
    [
        .. Attempts("one", "+7", "+7", "8", "9"), .. Attempts("two", "+1", "2", "2", "2"), .. Attempts("three", "+5", "+5", "+5", "+5"), .. Attempts("four", null, null, null, null),
    ]);

    [Test]
    public void Records_WithoutGreedyAttempts_HaveNoPassAt1()
    {
        Report.Should().BeEquivalentTo(new { Questions = 4, Samples = 4, Unverifiable = 0, PassAt1 = double.NaN, AverageAtK = (0.5 + 0.25 + 1 + 0) / 4, PassAtK = 0.75 });
        Report.PassAt1Interval.Should().Be((double.NaN, double.NaN));
    }

    [Test]
    public void PassAt_FewerThanAll_IsUnbiased()
    {
        Report.PassAt(1).Values.Should().Equal(0.5, 0.25, 1, 0);
        Report.PassAt(2).Values.Should().BeEquivalentTo([1 - (1 / 6.0), 0.5, 1, 0], o => o.WithStrictOrdering().Using<double>(c => c.Subject.Should().BeApproximately(c.Expectation, 1e-14)).WhenTypeIs<double>());
        Report.PassAt(2).Name.Should().Be("Pass@2");
        Report.PassAt(4).Questions.Should().Equal("one", "two", "three", "four");
    }

    [Test]
    public void MajorityAt_All_CountsEqualAnswers()
        => Report.MajorityAt(4).Values.Should().BeEquivalentTo([1.0, 0, 1, 0], o => o.WithStrictOrdering().Using<double>(c => c.Subject.Should().BeApproximately(c.Expectation, 1e-14)).WhenTypeIs<double>());

    [Test]
    public void MajorityAt_EqualNotations_AreOneAnswer_WhereTheCallerSaysSo()
    {
        EvaluationReport report = new([.. Attempts("q", "+3", "+3", "1/2", "0.5", ".5")]);

        report.MajorityAt(5).Mean.Should().BeApproximately(1, 1e-14);
        report.MajorityAt(5, (a, b) => a.Contains('5') || a.Contains('/')).Mean.Should().BeApproximately(0, 1e-14);
    }

    [Test]
    public void MajorityAt_VerifierWithoutAnswers_DoesNotExist()
        => new EvaluationReport([Attempt("q", 1, Verdict.Correct, null), Attempt("q", 2, Verdict.Incorrect, null)]).MajorityAt(2).Mean.Should().Be(double.NaN);

    [Test]
    public void Figures_AttemptsThatCannotBeJudged_CountNowhere()
    {
        EvaluationReport report = new([.. Attempts("q", "+1", "2"), Attempt("q", 3, Verdict.Unverifiable, "3"), Attempt("r", 1, Verdict.Unverifiable, null)]);

        report.Should().BeEquivalentTo(new { Questions = 1, Samples = 3, Unverifiable = 2, AverageAtK = 0.5, PassAtK = 1.0 });
        report.PassAt(3).Mean.Should().Be(1, "of two judged attempts both are taken");
        report.PassAt(1).Mean.Should().Be(0.5);
    }

    [Test]
    public void Interval_Proportion_IsClopperPearson_AMeanIsResampled()
    {
        Report.PassAt(4).Interval.Should().Be(ConfidenceInterval.ClopperPearson(3, 4));
        Report.Average.Interval.Should().Be(Bootstrap.Percentile([0.5, 0.25, 1, 0]));
    }

    [TestCase(0)]
    [TestCase(5)]
    public void PassAt_MoreThanTheSamples_IsRefused(int k)
        => FluentActions.Invoking(() => Report.PassAt(k)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("There are 4 sampled attempts per question, so k is from 1 to 4.*");

    /// <summary>Attempts 1, 2, ...: an answer, with a plus where it is right; null for none.</summary>
    private static IEnumerable<EvaluationRecord> Attempts(string question, params string?[] answers)
        => answers.Select((a, i) => Attempt(question, i + 1, a is ['+', ..] ? Verdict.Correct : Verdict.Incorrect, a?.TrimStart('+')));

    private static EvaluationRecord Attempt(string question, int sample, Verdict verdict, string? answer)
        => new() { Question = question, Sample = sample, Verdict = verdict, Answer = answer, Text = answer ?? "?" };
}
