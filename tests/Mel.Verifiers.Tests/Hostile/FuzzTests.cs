using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Hostile;

/// <summary>Random inputs: none throws, none runs long, and the outcome is the same twice.</summary>
[TestFixture]
public sealed class FuzzTests
{
    private const int Inputs = 200_000;

    private static readonly string[] Atoms =
    [
        "1", "2", "42", "0", "x", "y", "n", "k", "\\pi", "e", "i", "\\infty", "3.14", "1,000", "x_1", "\\alpha", "\\text{cm}", "\\text{and}", "A",
            "\\emptyset", "\\mathbb{R}", "\\ldots", "100!", "10^{20}", "f(x)", "\\frac12", "\\boxed{3}",
        "$", "\\left(", "\\right)", "\\{", "\\}", "{", "}", "(", ")", "[", "]", "|", "&", "\\\\", "^", "_", "!", "%", "\\%", "^\\circ", "\\pm", "=", "<",
            "\\le", ",", ";", ":", "\\cup", "\\setminus", "\\in", "\\approx", "and", "or", "percent",
        "\\begin{pmatrix}", "\\end{pmatrix}", "\\begin{cases}", "\\sum_{k=1}^{n}", "\\int", "\\lim_{x\\to0}", "\\binom{n}{k}", "\\sqrt", "\\sqrt[3]",
            "\\frac", "\\sin", "\\log_2", "\\max", "\\gcd", "\\lfloor", "\\rfloor", "\\mod", "\\choose",
        "\\overline", "\\operatorname", "\\mathrm", "\\quad", "\\,", "\\", "+", "-", "*", "/", "'", "\uD835", "\0", "½", "²", "√", "°", "−", "＝", "\u202E",
            "answer is", "Answer:", "####", "<answer>", "</think>", "\\(", "\\]", "$$", "\n", " ",
    ];

    [Test]
    public void Verify_RandomCharacters_NeverThrows()
    {
        Random random = new(20240);
        MathVerifier verifier = new(ExtractionOptions.Evaluation);
        char[] characters = new char[120];
        for (int i = 0; i < Inputs; i++)
        {
            int length = random.Next(characters.Length);
            for (int k = 0; k < length; k++) characters[k] = (char)random.Next(random.Next(3) == 0 ? 65536 : 128);
            string input = new(characters, 0, length);
            if (i % 2 == 0) verifier.Verify("x^2", input);
            else verifier.Compare(input, input);
        }
    }

    [Test]
    public void Verify_RandomExpressions_NeverThrowsAndIsDeterministic()
    {
        Random random = new(20241);
        MathVerifier verifier = new(ExtractionOptions.Evaluation);
        for (int i = 0; i < Inputs; i++)
        {
            string gold = Expression(random, random.Next(4)), answer = random.Next(4) == 0 ? gold : Expression(random, random.Next(5));
            MathVerification result = verifier.Verify(gold, "\\boxed{" + answer + "}");
            if (i % 16 == 0) verifier.Verify(gold, "\\boxed{" + answer + "}").Should().Be(result);
        }
    }

    private static string Expression(Random random, int depth)
    {
        if (depth <= 0 || random.Next(5) == 0) return Atoms[random.Next(Atoms.Length)];
        string a = Expression(random, depth - 1), b = Expression(random, depth - 1);
        return random.Next(21) switch
        {
            0 => a + "+" + b,
            1 => a + b,
            2 => $"\\frac{{{a}}}{{{b}}}",
            3 => $"({a},{b})",
            4 => $"\\sqrt{{{a}}}",
            5 => $"{{{a}}}^{{{b}}}",
            6 => a + "=" + b,
            7 => $"\\{{{a},{b}\\}}",
            8 => $"[{a},{b})",
            9 => $"\\begin{{pmatrix}}{a}\\\\{b}\\end{{pmatrix}}",
            10 => a + "\\pm " + b,
            11 => $"|{a}|",
            12 => a + ", " + b,
            13 => a + "\\cup " + b,
            14 => $"\\sum_{{k={a}}}^{{{b}}}k",
            15 => $"\\boxed{{{a}}}{b}",
            16 => $"({a})!",
            17 => $"\\binom{{{a}}}{{{b}}}",
            18 => $"\\log_{{{a}}}{{{b}}}",
            19 => a + "\\le " + b,
            _ => $"\\sin({a})/{b}",
        };
    }
}
