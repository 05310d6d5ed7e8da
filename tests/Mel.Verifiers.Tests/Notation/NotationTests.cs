using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Notation;

/// <summary>Conventions of mathematics and of its notation, each with examples of its own.</summary>
[TestFixture]
public sealed class NotationTests
{
    private static readonly MathVerifier Verifier = new();

    // numbers
    [TestCase("4096000", "4,096,000"), TestCase("4096000", "4{,}096{,}000"), TestCase("4096000", "4\\,096\\,000"), TestCase("4096000", "4 096 000"),
        TestCase("4096000", "4,\\!096,\\!000")]
    [TestCase("7", "007"), TestCase("0.25", ".25"), TestCase("6.5", "6,5"), TestCase("5678.25", "5.678,25"), TestCase("15/4", "3\\frac{3}{4}"),
        TestCase("15/4", "3 3/4"), TestCase("-15/4", "-3\\frac34")]
    [TestCase("450000", "4.5e5"), TestCase("450000", "4.5 \\times 10^5"), TestCase("\\frac{5}{11}", "0.\\overline{45}"),
        TestCase("\\frac{7}{12}", "0.58\\overline{3}"), TestCase("11", "1011_2"), TestCase("2197", "13^3"), TestCase("2197", "13³")]
    // fractions, roots, powers
    [TestCase("\\frac{5}{8}", "5/8"), TestCase("\\frac{5}{8}", "\\tfrac58"), TestCase("\\frac{5}{8}", "\\dfrac{10}{16}"), TestCase("\\frac{5}{8}", "⅝"),
        TestCase("3\\sqrt{5}", "\\sqrt{45}"), TestCase("3\\sqrt{5}", "3√5"), TestCase("\\sqrt{17}", "\\sqrt17")]
    [TestCase("\\sqrt{7-4\\sqrt{3}}", "2-\\sqrt{3}"), TestCase("\\frac{1}{\\sqrt{7}}", "\\frac{\\sqrt{7}}{7}"), TestCase("-3", "\\sqrt[3]{-27}"),
        TestCase("5^{2/3}", "\\sqrt[3]{25}"), TestCase("a^{m+2}", "a^m a^2"), TestCase("16", "2**4")]
    // factorials, binomials, sums
    [TestCase("(n+1)!", "(n+1) n!"), TestCase("\\binom{9}{4}", "126"), TestCase("{n \\choose 3}", "\\frac{n(n-1)(n-2)}{6}"),
        TestCase("\\sum_{j=1}^{n} (2j-1)", "n^2"), TestCase("\\prod_{j=1}^{5} j", "120"), TestCase("\\frac{50!}{48!}", "2450")]
    // functions
    [TestCase("\\sin 2a", "2 \\sin a \\cos a"), TestCase("\\cos^2 t - \\sin^2 t", "\\cos 2t"), TestCase("\\tan 60^\\circ", "\\sqrt3"),
        TestCase("\\log_3 81", "4"), TestCase("\\ln \\frac{a}{b}", "\\ln a - \\ln b"), TestCase("\\log 5", "\\ln 5"), TestCase("\\log 1000", "3")]
    [TestCase("\\sin^{-1} \\frac{\\sqrt3}{2}", "\\frac{\\pi}{3}"), TestCase("\\lceil 2.1 \\rceil", "3"), TestCase("\\gcd(84, 30)", "6"),
        TestCase("|{-8}|", "8"), TestCase("\\max(4, \\pi)", "4"), TestCase("17 \\bmod 5", "2"), TestCase("e^{\\ln 6}", "6")]
    // complex numbers
    [TestCase("3-4i", "-4i+3"), TestCase("i^2", "-1"), TestCase("\\frac{1}{1+i}", "\\frac{1-i}{2}"), TestCase("e^{i\\pi/2}", "i"),
        TestCase("5\\mathrm{i}", "5i")]
    // several values
    [TestCase("4 \\pm \\sqrt{6}", "4+\\sqrt6, 4-\\sqrt6"), TestCase("\\pm 9", "\\{-9, 9\\}"), TestCase("x = 2 \\text{ or } x = -7", "-7, 2"),
        TestCase("8; 11", "11, 8"), TestCase("m = 4, 5", "5, 4"), TestCase("\\{a,b\\}", "\\{b,a\\}"), TestCase("(3, \\pm 1)", "(3, 1), (3, -1)")]
    // tuples, systems
    [TestCase("(8, -3)", "\\left( 8, -3 \\right)"), TestCase("(u, v) = (8, -3)", "u = 8, v = -3"), TestCase("(u, v) = (8, -3)", "v = -3, u = 8"),
        TestCase("(u, v) = (8, -3)", "(8, -3)"), TestCase("u=1,v=2;u=3,v=4", "(1,2),(3,4)"), TestCase("\\langle 2, 5 \\rangle", "(2, 5)")]
    // intervals, inequalities
    [TestCase("[4, 9)", "4 \\le x < 9"), TestCase("(-\\infty, 6)", "x < 6"), TestCase("t \\ne 4", "(-\\infty,4) \\cup (4,\\infty)"),
        TestCase("\\mathbb{R} \\setminus \\{4\\}", "(-\\infty,4) \\cup (4,\\infty)"), TestCase("[1,3] \\cup [2,5]", "[1,5]"), TestCase("(2,7)", "]2,7["),
            TestCase("x > 4", "3x > 12"), TestCase("x > 4", "-x < -4"), TestCase("\\{x \\mid x \\ge 4\\}", "[4,\\infty)"), TestCase("x \\in (1,2)", "1<x<2")]
    // equations, assignments, functions
    [TestCase("w = 14", "14"), TestCase("w = 14", "14 = w"), TestCase("x + 3y = 6", "2x + 6y - 12 = 0"), TestCase("g(x) = 3x", "g(s) = 3s"),
        TestCase("g(x) = 3x", "3x"), TestCase("AB = 12", "12"), TestCase("x^2 + y^2 = 9", "9 - x^2 = y^2"), TestCase("5:4", "\\frac54"),
            TestCase("5:4", "10:8"), TestCase("\\frac{3}{7} \\approx 0.43", "\\frac37")]
    // matrices
    [TestCase("\\begin{pmatrix} 2 & 0 \\\\ 1 & 3 \\end{pmatrix}", "\\begin{bmatrix} 2 & 0 \\\\ 1 & \\frac{6}{2} \\end{bmatrix}"),
        TestCase("\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}", "2\\begin{pmatrix} 1 \\\\ 1/2 \\end{pmatrix}"),
            TestCase("\\begin{vmatrix} 3 & 1 \\\\ 2 & 4 \\end{vmatrix}", "10"),
                TestCase("\\begin{pmatrix} 1\\\\ 2\\end{pmatrix}", "\\\\begin{pmatrix} 1\\\\\\\\ 2\\\\end{pmatrix}")]
    // words, choices, quantities
    [TestCase("\\text{west}", "West"), TestCase("\\text{(D)}", "D"), TestCase("D", "(D) 45"), TestCase("45", "\\textbf{(D)}\\ 45"),
        TestCase("seventeen", "17"), TestCase("\\emptyset", "\\text{no solution}"), TestCase("\\varnothing", "\\{\\}"),
            TestCase("\\text{9:15 a.m.}", "9:15 \\text{ AM}"), TestCase("\\$4.20", "4.20 dollars"), TestCase("60 \\text{ mph}", "60 miles per hour"),
                TestCase("42", "42 \\text{ (since it is even)}")]
    // identities
    [TestCase("x^3-1", "(x-1)(x^2+x+1)"), TestCase("\\frac{x^2-9}{x-3}", "x+3"), TestCase("\\sqrt{x^2}", "|x|"),
        TestCase("\\frac{1}{x(x+1)}", "\\frac1x-\\frac{1}{x+1}"), TestCase("2^{2025}", "2 \\cdot 4^{1012}"), TestCase("7^{7^7}", "(7^7)^{7^6}")]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).Outcome.Should().Be(VerificationOutcome.Equivalent);
        Verifier.Compare(answer, gold).Outcome.Should().Be(VerificationOutcome.Equivalent, "the comparison is symmetric");
    }

    [TestCase("4096000", "4096"), TestCase("12", "1,2"), TestCase("3(4)", "7"), TestCase("2\\sqrt(7)", "2"), TestCase("9k", "9"), TestCase("x+4b", "x+4"),
        TestCase("\\frac{1}{500!}", "\\frac{1}{501!}"), TestCase("3^{-80}", "3^{-81}")]
    [TestCase("10^{30}", "10^{30}+1"), TestCase("e^{\\pi\\sqrt{67}}", "147197952744"), TestCase("\\sqrt{x^2}", "x"), TestCase("\\lfloor y \\rfloor", "y"),
        TestCase("(-1)^n", "1"), TestCase("(-x)^n", "x^n"), TestCase("\\sqrt{5}", "\\sqrt[3]{5}"), TestCase("\\pi", "\\frac{22}{7}")]
    [TestCase("(1,4)", "[1,4)"), TestCase("(1,4)", "(4,1)"), TestCase("\\{1,4\\}", "(1,4)"), TestCase("1,4,6", "1,4"), TestCase("6", "6, 7"),
        TestCase("5", "\\pm 5"), TestCase("\\emptyset", "\\{\\emptyset, 1\\}"), TestCase("x > 4", "x \\ge 4"), TestCase("x > 4", "-x > -4")]
    [TestCase("x + 3y = 6", "x + 3y = 7"), TestCase("x = 6", "y = 6"), TestCase("3y + 2 = 11", "11"), TestCase("g(x) = 3x", "g(x) = 3y"),
        TestCase("5:4", "4:5"), TestCase("1:2:5", "1:2:6"), TestCase("2, 4, \\ldots, 2n", "1, 3, \\ldots, 2n-1")]
    [TestCase("\\begin{pmatrix} 2 & 1 \\end{pmatrix}", "\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}"), TestCase("3-4i", "3+4i"),
        TestCase("\\text{west}", "\\text{east}"), TestCase("\\text{9:15 a.m.}", "9:15 \\text{ p.m.}"), TestCase("D", "(C) 45"), TestCase("11:00", "1:00"),
            TestCase("3 \\pmod 7", "3 \\pmod 5")]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).IsCorrect.Should().BeFalse();
        Verifier.Compare(answer, gold).IsCorrect.Should().BeFalse("the comparison is symmetric");
    }

    [TestCase("5", "5", VerificationMethod.ExactNumber)]
    [TestCase("x+y", "y+x", VerificationMethod.ModularIdentity)]
    [TestCase("\\sqrt{8}", "2\\sqrt{2}", VerificationMethod.NumericIdentity)]
    [TestCase("\\frac{1}{3}", "0.33333333", VerificationMethod.Rounding)]
    [TestCase("\\text{cat}", "cat", VerificationMethod.Text)]
    [TestCase("1,2", "2,1", VerificationMethod.Structure)]
    [TestCase("2x=4y", "x=2y", VerificationMethod.Relation)]
    public void Method_ThatDecided_IsReported(string gold, string answer, VerificationMethod method)
        => Verifier.Compare(gold, answer).Method.Should().Be(method);
}
