using Mel.Evaluation;
using Mel.Prompts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Evaluation;

/// <summary>The 95 % intervals of an evaluation, against tabulated values.</summary>
[TestFixture]
public sealed class EvaluationIntervalTests
{
    [TestCase(8, 0.4439, 0.9748)]
    [TestCase(0, 0, 0.3085)]
    [TestCase(10, 0.6915, 1)]
    public async Task PassAt1_OfTen_IsClopperPearson(int solved, double low, double high)
    {
        EvaluationReport report = await EvaluateAsync(10, 1, (question, _) => question < solved);

        report.PassAt1.Should().Be(solved / 10.0);
        Near(report.PassAt1Interval, low, high);
        Near(report.PassAtKInterval, low, high);
    }

    [Test]
    public async Task AverageAtK_IsStudentsT_OverQuestions()
    {
        // Shares 1/2, 1/2, 1/2, 3/4: mean 9/16, deviation 1/8, t of three degrees 3.1824.
        EvaluationReport report = await EvaluateAsync(4, 4, (question, attempt) => attempt < (question == 3 ? 3 : 2));

        report.AverageAtK.Should().Be(9 / 16.0);
        Near(report.AverageAtKInterval, 0.5625 - (3.182446 / 16), 0.5625 + (3.182446 / 16));
    }

    [Test]
    public async Task AverageAtK_IntervalStaysWithinZeroAndOne()
    {
        EvaluationReport report = await EvaluateAsync(3, 2, (question, _) => question > 0);

        Near(report.AverageAtKInterval, 0, 1);
    }

    [Test]
    public async Task TooFewQuestions_HaveNoInterval()
    {
        EvaluationReport one = await EvaluateAsync(1, 2, (_, _) => true), greedy = await EvaluateAsync(2, 0, (_, _) => true);

        one.AverageAtKInterval.Should().Be((double.NaN, double.NaN));
        greedy.PassAtKInterval.Should().Be((double.NaN, double.NaN));
        greedy.AverageAtKInterval.Should().Be((double.NaN, double.NaN));
    }

    private static Task<EvaluationReport> EvaluateAsync(int questions, int samples, Func<int, int, bool> solves)
    {
        Prompt[] prompts = [.. Enumerable.Range(0, questions).Select(i => new Prompt($"{i}", $"{i}", "yes"))];
        ScriptedSampler sampler = new((message, i) => solves(int.Parse(message, System.Globalization.CultureInfo.InvariantCulture), i) ? "yes" : "no");
        return new Evaluator(sampler, new ExactAnswerVerifier()).EvaluateAsync(prompts, new() { Samples = samples });
    }

    private static void Near((double Low, double High) interval, double low, double high)
    {
        interval.Low.Should().BeApproximately(low, 1e-4);
        interval.High.Should().BeApproximately(high, 1e-4);
    }
}
