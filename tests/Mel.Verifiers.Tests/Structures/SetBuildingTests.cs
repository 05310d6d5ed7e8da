using System.Diagnostics;

namespace Mel.Verifiers.Tests.Structures;

/// <summary>Long sets cost about as much as their length: an answer of a few kilobytes decides in milliseconds.</summary>
[TestFixture]
public sealed class SetBuildingTests
{
    private const long MostBytes = 8L << 20;

    private static string Joined(string separator, IEnumerable<int> numbers, Func<int, string> form) => string.Join(separator, numbers.Select(form));

    private static IEnumerable<int> Upward(int count) => Enumerable.Range(0, count);

    private static IEnumerable<int> Downward(int count) => Upward(count).Reverse();

    private static IEnumerable<TestCaseData> Sets()
    {
        (string Name, Func<IEnumerable<int>, string> Make, int Count, int Milliseconds)[] sets =
        [
            ("line without points", n => "\\mathbb{R}\\setminus\\{" + Joined(",", n, i => $"{i}") + "\\}", 1000, 20),
            ("excluded values", n => "x\\ne " + Joined(",", n, i => $"{i}"), 1000, 100),
            ("union of intervals", n => Joined("\\cup", n, i => $"[{2 * i},{2 * i + 1}]"), 250, 20),
            ("either of many bounds", n => Joined(" or ", n, i => $"{2 * i}<x<{2 * i + 1}"), 200, 100),
        ];
        foreach ((string name, Func<IEnumerable<int>, string> make, int count, int milliseconds) in sets)
            yield return new TestCaseData(make(Upward(count)), make(Downward(count)), milliseconds).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Sets))]
    public void Compare_LongSetInAnotherOrder_IsEquivalentInLittleTimeAndMemory(string gold, string answer, int milliseconds)
    {
        MathVerifier verifier = new();
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 40; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            verifier.Compare(gold, answer).Outcome.Should().Be(VerificationOutcome.Equivalent);
            if (watch.Elapsed < best) best = watch.Elapsed;
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        verifier.Compare(gold, answer);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MostBytes);
        best.Should().BeLessThan(TimeSpan.FromMilliseconds(milliseconds));
    }
}
