using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Hostile;

/// <summary>Inputs made to hang, to overflow the stack, to exhaust memory or to throw: each is answered in bounded time and memory.</summary>
[TestFixture]
public sealed class HostileInputTests
{
    private const int Deep = 100_000;
    private const int Many = 1_000_000;

    private static string Boxed(string content) => "\\boxed{" + content + "}";

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static IEnumerable<TestCaseData> Inputs()
    {
        (string Name, Func<string> Make)[] inputs =
        [
            ("tower of powers", () => Boxed("9^{9^{9^{9^9}}}")),
            ("tower minus a number", () => Boxed("\\dfrac{7^{7^{7^{7^7}}-3}-7}{16}")),
            ("factorial of a billion", () => Boxed("1000000000!")),
            ("factorials of factorials", () => Boxed("((((9!)!)!)!)!")),
            ("binomial", () => Boxed("\\binom{10^7}{5 \\cdot 10^6}")),
            ("binomial of a tower", () => Boxed("\\binom{10^{10^{10}}}{3}")),
            ("long sum", () => Boxed("\\sum_{k=1}^{10000000} k^2")),
            ("nested sums", () => Boxed("\\sum_{a=1}^{1999}\\sum_{b=1}^{1999}\\sum_{c=1}^{1999} abc")),
            ("product of towers", () => Boxed("\\prod_{k=1}^{1999} k^{k^k}")),
            ("bombs in a matrix", () => Boxed("\\begin{pmatrix}9^{9^{9^9}}&1\\\\100000000!&2\\end{pmatrix}")),
            ("huge exponent literal", () => Boxed("1E999999999")),
            ("sine of a tower", () => Boxed("\\sin(9^{9^9})")),
            ("exponentials", () => Boxed("e^{e^{e^{e^e}}}")),
            ("root of a factorial", () => Boxed("\\sqrt{20000!}")),
            ("high powers of roots", () => Boxed("(\\sqrt{x}+1)^{65536}+\\sqrt{3}^{65535}")),
            ("decimal to a huge power", () => Boxed("1.0000001^{999999999999}")),
            ("logarithms of a tower", () => Boxed("\\ln(\\ln(\\ln(9^{9^9})))")),
            ("symbolic factorial", () => Boxed("(x^{17})!")),
            ("matrix product", () => Boxed(Times("\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}", 40))),
            ("nested braces", () => Boxed(Times("{", Deep) + "1" + Times("}", Deep))),
            ("nested parentheses", () => Boxed(Times("(", Deep) + "1" + Times(")", Deep))),
            ("nested roots", () => Boxed(Times("\\sqrt{", Deep) + "2" + Times("}", Deep))),
            ("nested roots within the length limit", () => Boxed(Times("\\sqrt{", 500) + "2" + Times("}", 500))),
            ("continued fraction", () => Boxed(Times("\\frac{1}{1+", 300) + "2" + Times("}", 300))),
            ("signs", () => Boxed(Times("-", 4000) + "1")),
            ("exclamation marks", () => Boxed("3" + Times("!", 3000))),
            ("carets", () => Boxed(Times("2^", 1500) + "2")),
            ("sines", () => Boxed(Times("\\sin ", 600) + "x")),
            ("plus-minus signs", () => Boxed(Times("\\pm ", 900) + "x")),
            ("text commands", () => Boxed(Times("\\text{$", 500))),
            ("roots in a list", () => Boxed(string.Join(',', Enumerable.Range(1, 700).Select(i => "\\sqrt" + i)))),
            ("union of intervals", () => Boxed(string.Join("\\cup",
                Enumerable.Range(1, 150).Select(i => $"(\\sqrt{{{600 - 2 * i}}},\\sqrt{{{601 - 2 * i}}})")))),
            ("unbalanced everything", () => Times("}{)(][\\}\\{\\left\\right$", Deep)),
            ("a million boxes", () => Times("\\boxed{1}", Many)),
            ("a million joined boxes", () => Times("\\boxed{1},", Many)),
            ("a million open boxes", () => Times("\\boxed{", Many)),
            ("nested boxes", () => Times("\\boxed{", Deep) + "1" + Times("}", Deep)),
            ("dollar signs", () => Times("$", Many)),
            ("open mathematics", () => Times("\\[ x", Many)),
            ("segments", () => Times("$x=1$ and ", Many)),
            ("backslashes", () => new string('\\', 5 * Many)),
            ("lone surrogates", () => Boxed(Times("\uD800", 1000))),
            ("null characters", () => Boxed(Times("\0", 1000) + "5")),
            ("right-to-left marks", () => Boxed("\u202E\u200F43")),
            ("ten megabytes of prose", () => Times("So we consider the next case and find that it works. ", 200_000)),
            ("ten megabytes of digits", () => new string('7', 10 * Many)),
            ("ten megabytes of spaces", () => new string(' ', 10 * Many)),
            ("ten megabytes of lines", () => new string('\n', 10 * Many)),
            ("ten megabytes of announcements", () => Times("the answer is (1 ", 600_000)),
            ("ten megabytes in an answer tag", () => "<answer>" + Times("7 + ", 2_500_000) + "</answer>"),
            ("a million answer tags", () => Times("<answer>", Many)),
            ("a million think tags", () => Times("</think>", Many)),
        ];
        foreach ((string name, Func<string> make) in inputs) yield return new TestCaseData(make).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Inputs))]
    public void Verify_HostileResponse_IsAnsweredInBoundedTimeAndMemory(Func<string> make)
    {
        string response = make();
        foreach (ExtractionOptions preset in new[] { ExtractionOptions.Evaluation, ExtractionOptions.Training })
            foreach (string gold in new[] { "42", "\\sqrt{2}+x" })
            {
                MathVerifier verifier = new(preset);
                VerificationOutcome outcome = verifier.Verify(gold, response).Outcome;
                outcome.Should().NotBe(VerificationOutcome.Equivalent);
                verifier.Verify(gold, response).Outcome.Should().Be(outcome, "the outcome does not depend on load");
                (TimeSpan time, long bytes) = Measure(() => verifier.Verify(gold, response));
                time.Should().BeLessThan(TimeSpan.FromMilliseconds(100));
                bytes.Should().BeLessThan(64L << 20);
            }
    }

    [Test]
    public void Verify_HostileGold_IsAnsweredToo()
    {
        foreach (string gold in new[] { "9^{9^{9^{9^9}}}", "1000000000!", "\\binom{10^7}{5 \\cdot 10^6}", Times("(", Deep), "\\sum_{k=1}^{10000000} k^2" })
            Measure(() => new MathVerifier().Verify(gold, "\\boxed{42}")).Time.Should().BeLessThan(TimeSpan.FromMilliseconds(100));
    }

    [Test]
    public void Compare_HugeNumberWithItself_IsEquivalent()
    {
        foreach (string tower in new[] { "9^{9^{9^9}}", "1000000000!", "\\binom{10^7}{5 \\cdot 10^6}" })
            new MathVerifier().Compare(tower, tower).Outcome.Should().Be(VerificationOutcome.Equivalent);
    }

    // The best of several runs by the processor time of the process: other work on the machine does not count against a case.
    private static (TimeSpan Time, long Bytes) Measure(Action action)
    {
        TimeSpan best = TimeSpan.MaxValue;
        long bytes = long.MaxValue;
        for (int i = 0; i < 5 && (i == 0 || best > TimeSpan.FromMilliseconds(50)); i++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Environment.CpuUsage.TotalTime;
            action();
            TimeSpan time = Environment.CpuUsage.TotalTime - start;
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
            if (time < best) best = time;
        }
        return (best, bytes);
    }
}
