using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Hostile;

/// <summary>Integers at the ends of machine types, in every place a number can stand: none throws.</summary>
[TestFixture]
public sealed class BoundaryTests
{
    private static readonly string[] Integers =
    [
        "0", "1", "127", "128", "255", "256", "32767", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "3000000000", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "1e400", "1e-400", "1e2147483647",
        "1e-2147483648",
        "1e9223372036854775808", "1" + new string('0', 400), "0.000000001", "1." + new string('3', 200),
    ];

    private static readonly string[] Constructs =
    [
        "{0}", "-{0}", "x^{{{0}}}", "2^{{{0}}}", "2^{{-{0}}}", "({0})^{{{0}}}", "{0}!", "({0})!!", "\\binom{{{0}}}{{3}}", "\\binom{{n}}{{{0}}}",
        "\\binom{{{0}}}{{{0}}}", "n \\bmod {0}",
        "{0} \\bmod 7", "3 \\pmod{{{0}}}", "\\sqrt{{{0}}}", "\\sqrt[{0}]{{2}}", "\\sqrt[{0}]{{x}}", "1011_{{{0}}}", "{0}_7", "x_{{{0}}}",
        "\\frac{{{0}}}{{{0}}}", "1\\frac{{2}}{{{0}}}", "1 2/{0}",
        "{0} cm", "{0}\\text{{ cm}}^{0}", "{0}\\%", "{0}^\\circ", "\\begin{{pmatrix}}1&{0}\\\\0&1\\end{{pmatrix}}^{{{0}}}", "\\sum_{{k=1}}^{{{0}}} k",
        "\\sum_{{k=-{0}}}^{{{0}}} k", "\\gcd(n,{0})",
        "\\gcd({0},6)", "\\operatorname{{lcm}}({0},n)", "\\lfloor n/{0}\\rfloor", "\\Gamma({0})", "\\Gamma(-{0})", "\\Gamma(\\frac{{{0}}}{{2}})",
        "C_{{{0}}}^{{3}}", "\\log_{{{0}}} x", "|x-{0}|",
        "\\sin {0}", "\\tanh {0}", "e^{{{0}}}", "\\max(x,{0})", "({0}, {0})", "[{0}, 3)", "\\{{{0}, 1\\}}", "{0}:1", "x = \\pm {0}", "x^{{{0}}} = 1",
        "x \\equiv {0} \\pmod 5", "\\overline{{{0}}}",
        "0.1\\overline{{{0}}}", "{0}C{0}", "{0},{0}", "\\text{{{0} apples}}", "\\cos^{{{0}}} x", "\\int_0^{{{0}}} x dx", "(x+1)^{{{0}}}", "P({0})",
        "\\operatorname{{cis}} {0}",
    ];

    private static readonly string[] Others = ["\\text{impossible}", "three", "7", "x", "\\sqrt{2}", "\\infty", "\\{1, 2\\}", "x=1"];

    [Test]
    public void Compare_BoundaryIntegersInEveryConstruct_NeverThrows()
    {
        MathVerifier training = new(), evaluation = new(ExtractionOptions.Evaluation);
        foreach (string construct in Constructs)
            foreach (string integer in Integers)
            {
                string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, construct, integer);
                foreach (string other in Others)
                {
                    Action both = () =>
                    {
                        _ = training.Compare(text, other);
                        _ = training.Compare(other, text);
                    };
                    both.Should().NotThrow(text + " against " + other);
                }
                Action itself = () => _ = evaluation.Verify(text, "Answer: " + text);
                itself.Should().NotThrow(text);
            }
    }

    [TestCase("3000000000", "impossible"), TestCase("4294967295", "infinitely many"), TestCase("-4000000000", "none"), TestCase("2147483648", "thirty")]
    public void Compare_LargeIntegerWithWords_IsNotEquivalent(string gold, string words)
    {
        MathVerifier verifier = new();
        verifier.Verify(gold, "\\boxed{\\text{" + words + "}}").IsCorrect.Should().BeFalse();
        verifier.Verify("\\text{" + words + "}", "\\boxed{" + gold + "}").IsCorrect.Should().BeFalse();
    }

    // deeply nested without brackets: each begins with another of its kind
    [TestCase("\\sqrt"), TestCase("\\frac"), TestCase("{}"), TestCase("\\bar"), TestCase("\\yen"), TestCase("^2C"), TestCase("\\sin"),
        TestCase("!"), TestCase("-"), TestCase("\\binom")]
    public void Compare_LongRunOfOneCommand_IsAnsweredOnASmallStack(string command)
    {
        string text = string.Concat(Enumerable.Repeat(command, 1000)) + "2";
        Exception? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                _ = new MathVerifier().Compare(text, "5");
                _ = new MathVerifier().Compare("5", text);
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
            }
        }, maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        thrown.Should().BeNull();
    }
}
