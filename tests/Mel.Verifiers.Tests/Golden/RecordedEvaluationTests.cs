using System.Numerics;
using System.Text.Json;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Mel.Verifiers.Rules;
using Microsoft.Extensions.AI;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>
/// Recorded responses of real models, several to a problem, evaluated once more. The figures are worked out here by loops over all subsets of the attempts and
/// over plain resamples, without the formulas of the library.
/// </summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class RecordedEvaluationTests
{
    private const int Samples = 8;

    private static readonly MathVerifier Verifier = new(ExtractionOptions.Evaluation);

    private (Prompt Prompt, string[] Responses)[] _problems = null!;
    private EvaluationReport _report = null!;

    [OneTimeSetUp]
    public async Task EvaluateAsync()
    {
        JsonElement[] rows = [.. File.ReadLines(ReferenceData.Require("golden", "verify", "responses.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        _problems =
        [
            .. rows.GroupBy(r => Text(r, "problem_id")).Where(g => g.Count() == Samples)
                .Select(g => (new Prompt(g.Key, g.Key, Text(g.First(), "gold")), g.Select(r => Text(r, "response")).ToArray())),
        ];
        _problems.Should().HaveCountGreaterThan(20);
        _report = await new Evaluator(new Recorded(_problems), Verifier).EvaluateAsync([.. _problems.Select(p => p.Prompt)]);
    }

    [Test]
    public void PassAtK_AndAverage_AreThoseOfAllSubsets()
    {
        bool[][] correct = [.. _problems.Select(p => p.Responses.Select(r => Verifier.Verify(p.Prompt.Answer, r, p.Prompt.Text).IsCorrect).ToArray())];
        correct.Should().Contain(c => c.Contains(true) && c.Contains(false));

        _report.Questions.Should().Be(_problems.Length);
        _report.PassAt1.Should().BeApproximately(correct.Average(c => c[0] ? 1.0 : 0.0), 1e-12);
        _report.AverageAtK.Should().BeApproximately(correct.Average(c => c.Count(x => x) / 8.0), 1e-12);
        _report.PassAtK.Should().BeApproximately(correct.Average(c => c.Contains(true) ? 1.0 : 0.0), 1e-12);
        for (int k = 1; k <= Samples; k++)
        {
            double expected = correct.Average(c => Subsets(k).Average(subset => subset.Any(i => c[i]) ? 1.0 : 0.0));
            _report.PassAt(k).Mean.Should().BeApproximately(expected, 1e-12, "k = {0}", k);
        }
    }

    [Test]
    public void MajorityAtK_IsTheVoteOfAllSubsets()
    {
        // The name of an answer: the reference, the text of a wrong one, or null.
        (string?[] Names, string Right)[] answers =
        [
            .. _problems.Select(p => (p.Responses.Select(r => Verifier.Verify(p.Prompt.Answer, r, p.Prompt.Text)).Select(v => v.IsCorrect ? "right" : v.Answer is { } a ? $"wrong {a}" : null).ToArray(), "right")),
        ];
        for (int k = 1; k <= Samples; k++)
        {
            double expected = answers.Average(a => Subsets(k).Average(subset => Vote([.. subset.Select(i => a.Names[i]).OfType<string>()], a.Right)));
            _report.MajorityAt(k).Mean.Should().BeApproximately(expected, 1e-10, "k = {0}", k);
        }
    }

    [Test]
    public void Intervals_AreThoseOfPlainResamples()
    {
        double[] shares = [.. _report.Average.Values];
        Random random = new(1);
        double[] means = [.. Enumerable.Range(0, 50_000).Select(_ => Enumerable.Range(0, shares.Length).Average(_ => shares[random.Next(shares.Length)])).Order()];

        _report.Average.Interval.Low.Should().BeApproximately(means[1_250], 0.005);
        _report.Average.Interval.High.Should().BeApproximately(means[48_750], 0.005);

        // Clopper and Pearson by bisection: at either end of the interval the tail beyond the found count has 2.5 %.
        int n = _report.Questions, solved = (int)Math.Round(_report.PassAt1 * n);
        Tail(n, solved, _report.PassAt1Interval.Low, upper: true).Should().BeApproximately(0.025, 1e-9);
        Tail(n, solved, _report.PassAt1Interval.High, upper: false).Should().BeApproximately(0.025, 1e-9);
    }

    private static IEnumerable<int[]> Subsets(int k)
        => Enumerable.Range(0, 1 << Samples).Where(s => BitOperations.PopCount((uint)s) == k).Select(s => Enumerable.Range(0, Samples).Where(i => (s & (1 << i)) != 0).ToArray());

    private static double Vote(string[] votes, string right)
    {
        if (votes.Length == 0) return 0;
        int most = votes.Max(v => votes.Count(w => w == v));
        string[] winners = [.. votes.Distinct().Where(v => votes.Count(w => w == v) == most)];
        return winners.Contains(right) ? 1.0 / winners.Length : 0;
    }

    /// <summary>P(X >= found) or P(X &lt;= found) of a binomial, summed term by term.</summary>
    private static double Tail(int n, int found, double p, bool upper)
    {
        double sum = 0, term = Math.Pow(1 - p, n);
        for (int i = 0; i <= n; i++)
        {
            if (upper ? i >= found : i <= found) sum += term;
            term *= (double)(n - i) / (i + 1) * (p / (1 - p));
        }

        return sum;
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    /// <summary>Gives the recorded responses in their order; a question is known by its place.</summary>
    private sealed class Recorded((Prompt Prompt, string[] Responses)[] problems) : ISampler
    {
        public int ContextTokens => int.MaxValue;

        public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => new[] { Array.FindIndex(problems, p => p.Prompt.Text == messages[0].Text) };

        public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
            IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => Task.FromResult<IReadOnlyList<IReadOnlyList<Trajectory>>>(
            [
                .. requests.Select(r => (IReadOnlyList<Trajectory>)
                [
                    .. problems[r.PromptTokenIds.Span[0]].Responses.Take(r.Count).Select(text => new Trajectory(default, default, text, FinishReason.Stop)),
                ]),
            ]);
    }
}
