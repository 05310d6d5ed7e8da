using System.Globalization;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Writes an expression in one of its many ordinary spellings, with no bracket left out that its meaning needs.</summary>
internal sealed class LatexWriter(Dice dice)
{
    // beside one of these a factor might be read as part of its argument
    private static readonly string[] Functions = ["\\exp", "\\sin", "\\cos", "\\tan", "\\ln", "\\l", "\\m", "\\g"];

    private const int Whole = 0, Sum = 1, Product = 2, Factor = 3, Base = 4;

    public string Write(Expression e) => WriteIn(e, Whole);

    private string WriteIn(Expression e, int place) => e.Head switch
    {
        "#" => Number(e.Value, place),
        "+" => Bracket(WriteIn(e.Parts[0], Sum) + Space("+") + Later(e.Parts[1], Sum), Sum, place),
        "-" => Bracket(WriteIn(e.Parts[0], Sum) + Space("-") + Later(e.Parts[1], Product), Sum, place),
        "neg" => Bracket("-" + Later(e.Parts[0], Product), Sum, place),
        "*" => Bracket(Times(WriteIn(e.Parts[0], Product), Later(e.Parts[1], Product)), Product, place),
        "/" => Quotient(e, place),
        "^" => Bracket(WriteIn(e.Parts[0], Base) + Exponent(Write(e.Parts[1])), Factor, place),
        _ when e.Parts.Count == 0 => e.Head == "pi" ? "\\pi" : e.Head,
        "sqrt" => Bracket("\\sqrt{" + Write(e.Parts[0]) + "}", Factor, place),
        "exp" => Bracket(dice.Pick("e^{" + Write(e.Parts[0]) + "}", "\\exp(" + Write(e.Parts[0]) + ")"), Factor, place),
        "abs" => Bracket(Absolute(Write(e.Parts[0])), Factor, place),
        "sin" or "cos" or "tan" or "ln" => Bracket(Applied("\\" + e.Head, e.Parts[0]), Factor, place),
        "max" or "min" or "gcd" => Bracket($"\\{e.Head}{Arguments(e)}", Factor, place),
        "lcm" => Bracket(dice.Pick("\\operatorname{lcm}", "\\text{lcm}", "\\mathrm{lcm}") + Arguments(e), Factor, place),
        "floor" => Bracket(dice.Pick("\\lfloor " + Write(e.Parts[0]) + " \\rfloor", "\\left\\lfloor " + Write(e.Parts[0]) + "\\right\\rfloor"), Factor, place),
        "ceil" => Bracket("\\lceil " + Write(e.Parts[0]) + " \\rceil", Factor, place),
        "mod" => Bracket(WriteIn(e.Parts[0], Factor) + " \\bmod " + WriteIn(e.Parts[1], Base), Sum, place == Whole ? Whole : Factor),
        "binom" => Bracket(dice.Pick("\\binom", "\\dbinom", "\\tbinom") + $"{{{Write(e.Parts[0])}}}{{{Write(e.Parts[1])}}}", Factor, place),
        "factorial" => Bracket(WriteIn(e.Parts[0], Base) + "!", Factor, place),
        _ => throw new ArgumentException($"no spelling for {e.Head}", nameof(e)),
    };

    private string Number(Fraction value, int place)
    {
        if (value.Sign < 0) return Bracket("-" + Number(-value, Product), Sum, place);
        if (value.IsWhole) return value.Top.ToString(CultureInfo.InvariantCulture);
        string top = value.Top.ToString(CultureInfo.InvariantCulture), bottom = value.Bottom.ToString(CultureInfo.InvariantCulture);
        return place <= Sum && dice.Next(3) == 0 ? $"{top}/{bottom}" : Bracket(Fraction() + $"{{{top}}}{{{bottom}}}", Factor, place);
    }

    private string Quotient(Expression e, int place)
        => place <= Sum && dice.Next(4) == 0
            ? Bracket(WriteIn(e.Parts[0], Base) + "/" + WriteIn(e.Parts[1], Base), Product, place)
            : Bracket(Fraction() + $"{{{Write(e.Parts[0])}}}{{{Write(e.Parts[1])}}}", Factor, place);

    // what stands behind an operator may not begin with a sign
    private string Later(Expression e, int place)
    {
        string text = WriteIn(e, place);
        return text[0] == '-' ? Round(text) : text;
    }

    private string Times(string left, string right)
    {
        bool letters = char.IsAsciiLetter(right[0]) || right[0] == '(' || (right.StartsWith("\\sqrt", StringComparison.Ordinal) && !left.Contains('\\'));
        bool simple = char.IsAsciiLetterOrDigit(left[^1]) || left[^1] is '}' or ')';
        bool word = left.Contains('|') || Array.Exists(Functions, left.Contains);
        if (!letters || !simple || word || dice.Next(3) == 0) return left + dice.Pick(" \\cdot ", " \\times ", "\\cdot ", "\\,\\cdot\\,") + right;
        // a space ends the name of a command, and keeps a letter away from the bracket that would be its argument
        return left + (char.IsAsciiLetter(left[^1]) ? right[0] == '(' ? "\\cdot " : " " : "") + right;
    }

    private string Applied(string name, Expression argument)
        => argument.Parts.Count == 0 && argument.Head is not ("e" or "i") && !(argument.IsNumber && argument.Value.Sign < 0) && dice.Coin()
            ? $"{name}{{{WriteIn(argument, Factor)}}}"
            : dice.Pick($"{name}({Write(argument)})", $"{name}\\left({Write(argument)}\\right)");

    private string Arguments(Expression e)
    {
        string first = Write(e.Parts[0]), second = Write(e.Parts[1]);
        return dice.Pick($"({first}, {second})", $"\\left({first},{second}\\right)", $"({first},\\,{second})");
    }

    private string Absolute(string inside)
        => inside.Contains('|', StringComparison.Ordinal) || dice.Coin() ? $"\\left|{inside}\\right|" : $"|{inside}|";

    private string Exponent(string text) => text.Length == 1 && dice.Coin() ? "^" + text : $"^{{{text}}}";

    private string Fraction() => dice.Pick("\\frac", "\\dfrac", "\\frac", "\\tfrac");

    private string Space(string sign) => dice.Coin() ? sign : " " + sign + " ";

    private string Bracket(string text, int own, int place) => own < place ? Round(text) : text;

    private string Round(string text) => dice.Coin() ? "(" + text + ")" : "\\left(" + text + "\\right)";
}
