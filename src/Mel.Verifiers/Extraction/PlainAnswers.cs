using System.Buffers;

namespace Mel.Verifiers.Extraction;

/// <summary>Answers without markup: a response that is nothing but an expression, or the last expression of a text.</summary>
internal static class PlainAnswers
{
    private const int LongestWhole = 600;
    private const int LongestRun = 200;

    /// <summary>The response when it is one line without a sentence in it.</summary>
    public static ExtractedAnswer? Whole(string text, int start, int end)
    {
        if (end - start > 2 * LongestWhole) return null;
        bool stop = text.AsSpan(start, end - start).TrimEnd().EndsWith(".", StringComparison.Ordinal);
        (start, end) = Refinement.Trimmed(text, start, end);
        ReadOnlySpan<char> content = text.AsSpan(start, Math.Max(0, end - start));
        if (content.IsEmpty || content.Length > LongestWhole || content.Contains('\n') || content.Contains("\\boxed", StringComparison.Ordinal)) return null;
        if (content.Contains("\\(", StringComparison.Ordinal) || content.Contains("\\[", StringComparison.Ordinal) || !IsExpression(content, stop)) return null;
        return new ExtractedAnswer(text[start..end], start, end, default);
    }

    // no two words in a row outside of commands and braces, or one word in all
    private static bool IsExpression(ReadOnlySpan<char> content, bool fullStop)
    {
        if (content.Count('$') is 1 or 2)
        {
            // a stray currency sign at either end, or one pair around everything
            if (content.Trim('$').Contains('$')) return false;
        }
        else if (content.Contains('$')) return false;
        int words = 0, run = 0, depth = 0;
        bool command = false, foreign = false;
        for (int i = 0; i <= content.Length; i++)
        {
            char c = i < content.Length ? content[i] : ' ';
            if (char.IsLetter(c))
            {
                run++;
                foreign |= c > 127 && !(c is >= 'Α' and <= 'ω');
                continue;
            }
            if (run >= 2 && !command && depth == 0) words++;
            command = c == '\\';
            depth = c == '{' ? depth + 1 : c == '}' ? depth - 1 : depth;
            run = 0;
        }
        return !foreign && (words <= 2 || words <= 4 && !fullStop && content.Length <= 60 && !content.ContainsAnyInRange('0', '9') && !content.Contains('$'));
    }

    /// <summary>The last run of digits, operators, single letters and commands that holds a digit.</summary>
    public static ExtractedAnswer? LastExpression(string text, int start, int end)
    {
        int digit = LastDigit(text, start, end);
        if (digit < 0) return null;
        int from = digit, to = digit + 1;
        while (from > start && digit - from < LongestRun && Extends(text, from - 1, start, end)) from--;
        while (to < end && to - digit < LongestRun && Extends(text, to, start, end)) to++;
        if (digit - from >= LongestRun || to - digit >= LongestRun) return null;
        (from, to) = Bounded(text, from, to, digit);
        if (to < end && text[to] is '²' or '³' && to - 1 > digit && char.IsAsciiLetter(text[to - 1])) to--;   // "12 m²" in prose: a unit
        if (IsAlternative(text, start, from) || BoxAgreement.IsDenied(text.AsSpan(start, from - start))) return null;
        string answer = text[from..to];
        ReadOnlySpan<char> rest = text.AsSpan(to, Math.Min(end - to, 12)).TrimStart();
        if (rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase)) answer += "\\%";
        return new ExtractedAnswer(answer, from, to, default);
    }

    // The last digit that is not the power of a unit: in "25 cm^2" the answer is 25.
    private static int LastDigit(string text, int start, int end)
    {
        const int Units = 8;
        for (int i = 0; i < Units; i++)
        {
            int digit = text.AsSpan(start, end - start).LastIndexOfAnyInRange('0', '9');
            if (digit < 0) return -1;
            digit += start;
            if (digit < start + 3 || text[digit - 1] != '^' || !char.IsAsciiLetter(text[digit - 2]) || !char.IsAsciiLetter(text[digit - 3])) return digit;
            end = digit - 2;
        }
        return -1;
    }

    private static readonly SearchValues<char> Operators = SearchValues.Create("+-*/^_(){}%\\!−×÷√= ");

    private static bool Extends(string text, int at, int start, int end)
    {
        char c = text[at];
        if (char.IsAsciiDigit(c) || Operators.Contains(c)) return true;
        char before = at > start ? text[at - 1] : ' ', after = at + 1 < end ? text[at + 1] : ' ';
        if (c is '.' or ',') return char.IsAsciiDigit(after) && (char.IsAsciiDigit(before) || c == '.');
        if (!char.IsAsciiLetter(c)) return false;
        return !char.IsLetter(before) && !char.IsLetter(after) && c is not ('a' or 'A' or 'I') || IsCommand(text, at, start);
    }

    private static bool IsCommand(string text, int at, int start)
    {
        int first = at;
        while (first > start && char.IsAsciiLetter(text[first - 1]) && at - first < 16) first--;
        return first > start && text[first - 1] == '\\';
    }

    // Cuts the ends back to something that can stand alone: no operator or space outside, brackets in balance, one line.
    private static (int From, int To) Bounded(string text, int from, int to, int digit)
    {
        int equals = text.LastIndexOf('=', digit, digit - from);
        if (equals >= from) from = equals + 1;
        int open = 0;
        for (int i = digit; i >= from; i--)
        {
            if (text[i] is ')' or '}') open++;
            else if (text[i] is '(' or '{' && --open < 0)
            {
                open = 0;
                if (ClosesAfter(text, i, digit, to)) continue;
                from = i + 1;
                break;
            }
        }
        bool trimmed = true;
        while (trimmed && to > digit + 1)
        {
            trimmed = text[to - 1] is ' ' or '+' or '-' or '*' or '/' or '^' or '_' or '(' or '{' or '\\' or '=' or '−' or '×'
                || text[to - 1] is ')' or '}' && !Balanced(text, from, to)
                || char.IsAsciiLetter(text[to - 1]) && text[to - 2] == ' ';
            if (trimmed) to--;
        }
        while (from < digit && (text[from] is ' ' or '*' or '/' or '^' or '_' or ')' or '}' or '=' or '+' or '%' or '!' or '×' or '÷'
            || text[from] == '-' && text[from + 1] == ' ' || char.IsAsciiLetter(text[from]) && text[from + 1] == ' ')) from++;
        return (from, to);
    }

    private static bool ClosesAfter(string text, int open, int digit, int to)
    {
        int depth = 0;
        for (int i = open; i < to; i++)
        {
            if (text[i] is '(' or '{') depth++;
            else if (text[i] is ')' or '}' && --depth == 0) return i > digit;
        }
        return false;
    }

    private static bool Balanced(string text, int from, int to)
    {
        int depth = 0;
        for (int i = from; i < to; i++)
        {
            if (text[i] is '(' or '{') depth++;
            else if (text[i] is ')' or '}' && --depth < 0) return false;
        }
        return depth == 0;
    }

    // "... or 0": one of two alternatives is no answer when the other is not a number
    private static bool IsAlternative(string text, int start, int from)
    {
        ReadOnlySpan<char> before = text.AsSpan(start, from - start).TrimEnd();
        if (!before.EndsWith(" or", StringComparison.Ordinal)) return false;
        before = before[..^3].TrimEnd();
        return before.IsEmpty || !char.IsAsciiDigit(before[^1]);
    }
}
