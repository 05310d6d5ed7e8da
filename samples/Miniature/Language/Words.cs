using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mel.Samples.Miniature;

/// <summary>The words with a fixed meaning, and readers for the words that carry a value. A word is a token; a text is words joined by single spaces.</summary>
public static class Words
{
    /// <summary>Fills the rest of a row; never written.</summary>
    public const string Padding = "<pad>";

    /// <summary>Begins every prompt.</summary>
    public const string Begin = "<bos>";

    /// <summary>Ends a solution.</summary>
    public const string End = "<eos>";

    /// <summary>Stands for a word outside the vocabulary.</summary>
    public const string Unknown = "<unk>";

    /// <summary>Begins a question.</summary>
    public const string Question = "Q";

    /// <summary>Asks for a solution.</summary>
    public const string Solve = "SOL";

    /// <summary>Comes before the final value.</summary>
    public const string Answer = "ANS";

    /// <summary>Begins an instruction to analyze.</summary>
    public const string Inspect = "INS";

    /// <summary>Comes before an incorrect solution.</summary>
    public const string Bad = "BAD";

    /// <summary>Comes before a correct solution.</summary>
    public const string Good = "GOOD";

    /// <summary>Asks for the bifurcation point, and begins a meta-experience.</summary>
    public const string Bifurcation = "S*";

    /// <summary>Stands between the rule that led to success and the rule that led to failure.</summary>
    public const string Not = "NOT";

    /// <summary>Begins a heuristic, and asks for it.</summary>
    public const string Heuristic = "HEUR";

    /// <summary>Ends a meta-experience.</summary>
    public const string EndExperience = "END";

    /// <summary>Begins a prompt that gives a meta-experience as a hint.</summary>
    public const string Hint = "HINT";

    /// <summary>Reads a value, 0 .. 31, as it is written here: no sign, no leading zero.</summary>
    public static bool TryReadValue(string word, out int value) => TryReadNumber(word, Rule.Modulus, out value);

    /// <summary>Reads a name of an operator, <c>op0</c> .. <c>op287</c>; a world of the standard shape has those up to <c>op95</c>.</summary>
    public static bool TryReadOperator(string word, out int op)
    {
        ArgumentNullException.ThrowIfNull(word);
        op = 0;
        return word.StartsWith("op", StringComparison.Ordinal) && TryReadNumber(word.AsSpan(2), WorldShape.MaxNames, out op);
    }

    /// <summary>Reads a step word, <c>step1</c> .. <c>step8</c>.</summary>
    public static bool TryReadStep(string word, out int number)
    {
        ArgumentNullException.ThrowIfNull(word);
        number = 0;
        return word.StartsWith("step", StringComparison.Ordinal) && TryReadNumber(word.AsSpan(4), Miniature.Question.MaxLength + 1, out number) && number > 0;
    }

    /// <summary>Reads an operator and a parity.</summary>
    public static bool TryReadFact(string operatorWord, string parityWord, out Fact fact)
    {
        fact = default;
        if (!TryReadOperator(operatorWord, out int op) || parityWord is not ("even" or "odd")) return false;
        fact = new Fact(op, parityWord == "odd");
        return true;
    }

    /// <summary>Reads a rule.</summary>
    public static bool TryReadRule(string word, [NotNullWhen(true)] out Rule? rule)
    {
        rule = Rule.All.FirstOrDefault(r => r.Word == word);
        return rule is not null;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> digits, int exclusiveMax, out int number)
        => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number < exclusiveMax && (digits[0] != '0' || digits.Length == 1);
}
