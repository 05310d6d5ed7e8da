using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mel.Testing;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>
/// Time and memory of a verification on one thread. Each time is the best of several runs, so that other work on the machine does not count, and is given in
/// microseconds of the machine the bounds were set on: this one's are scaled by what a fixed piece of work takes.
/// </summary>
[TestFixture, NonParallelizable]
public sealed class SpeedTests
{
    private static readonly MathVerifier Verifier = new(ExtractionOptions.Evaluation);

    // Microseconds of the yardstick on an AMD EPYC of the fourth generation at rest: 65 to 89.
    private const double YardstickTime = 75;

    private double _slowness = 1;

    [OneTimeSetUp]
    public void MeasureTheMachine()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(static i
            => string.Create(CultureInfo.InvariantCulture, $"x_{{{i}}} + \\frac{{{i * 7}}}{{{i + 1}}} ")));
        double time = Best(() => Yardstick(text), repeats: 50, runs: 60);
        _slowness = Math.Max(1, time / YardstickTime);
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"yardstick {time:F1} us"));
    }

    [TestCase("731", "731"), TestCase("731", "It follows that the number of ways is \\boxed{731}.")]
    public void Verify_IntegerGold_TakesUnderThreeMicroseconds(string gold, string response)
        => Best(() => Verifier.Verify(gold, response), repeats: 2000, runs: 40).Should().BeLessThan(3);

    [Test]
    public void Verify_LongResponseWithoutAnswer_TakesUnderAMillisecond()
    {
        const string Sentence = "We consider the next case, where the triangle \\triangle ABC has an angle and the sum of all of its parts is larger. ";
        StringBuilder text = new();
        while (text.Length < 120_000) text.Append(Sentence);
        string response = text.ToString();
        Best(() => Verifier.Verify("731", response), repeats: 5, runs: 60).Should().BeLessThan(1000);
    }

    [Test]
    public void Verify_Allocation_GrowsLinearlyWithTheAnswer()
    {
        long Bytes(int terms)
        {
            string answer = "\\boxed{" + string.Join('+', Enumerable.Range(1, terms).Select(static i => $"{i}x^{i}")) + "}";
            Verifier.Verify("x", answer);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Verifier.Verify("x", answer);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        ((double)Bytes(200) / Bytes(50)).Should().BeLessThan(5, "four times the terms cost about four times the memory");
        string prose = string.Concat(Enumerable.Repeat("Nothing to see here. ", 50_000));
        long start = GC.GetAllocatedBytesForCurrentThread();
        Verifier.Verify("731", prose);
        (GC.GetAllocatedBytesForCurrentThread() - start).Should().BeLessThan(4096, "a response is not copied");
    }

    [Test, Category(ReferenceData.Category)]
    public void Verify_DifferentialRows_MedianAndMaximum()
    {
        double[] times = Times("differential");
        double median = times[times.Length / 2];
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"differential: median {median:F2} us, mean {times.Average():F2}, p99 {times[(int)(times.Length * 0.99)]:F1}, max {times[^1]:F1}"));
        median.Should().BeLessThan(15);
        times[^1].Should().BeLessThan(5000);
    }

    [Test, Category(ReferenceData.Category)]
    public void Verify_Responses_PerSecond()
    {
        double[] times = Times("responses");
        double perSecond = 1e6 / times.Average();
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"responses: median {times[times.Length / 2]:F2} us, mean {times.Average():F2}, max {times[^1]:F1}; {perSecond:F0} a second on one core"));
        perSecond.Should().BeGreaterThan(20_000);
    }

    private double[] Times(string file)
    {
        GoldenRow[] rows = [.. GoldenRow.Read(ReferenceData.Require("golden", "verify", file + ".jsonl"))];
        for (int warm = 0; warm < 2; warm++)
            foreach (GoldenRow row in rows) Verifier.Verify(row.Gold ?? "", row.Prediction);
        double[] times = [.. rows.Select(row => Best(() => Verifier.Verify(row.Gold ?? "", row.Prediction), repeats: 1, runs: 9))];
        Array.Sort(times);
        return times;
    }

    // What a verifier spends its time on: reading characters, small objects, a dictionary, whole numbers.
    private static int Yardstick(string text)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        int start = 0;
        long hash = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i])) continue;
            if (i > start)
            {
                string word = text[start..i];
                counts[word] = counts.GetValueOrDefault(word) + 1;
                hash = (hash * 31) + word.Length;
            }

            start = i + 1;
        }

        return counts.Count + (int)(hash & 1);
    }

    // microseconds of one call
    private double Best(Action action, int repeats, int runs)
    {
        long best = long.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) action();
            best = Math.Min(best, Stopwatch.GetTimestamp() - start);
        }
        return best * 1e6 / Stopwatch.Frequency / repeats / _slowness;
    }
}
