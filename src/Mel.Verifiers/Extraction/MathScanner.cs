using System.Buffers;

namespace Mel.Verifiers.Extraction;

/// <summary>
/// Finds mathematics between delimiters from left to right. The scanner remembers where the next closing delimiter of each kind stands, so that a text full of
/// opened and never closed delimiters is read once.
/// </summary>
internal struct MathScanner(string text, int end)
{
    private const int LongestInline = 2000;

    private static readonly SearchValues<char> Marks = SearchValues.Create("$\\");

    private int _parenthesis = -1;
    private int _bracket = -1;
    private int _display = -1;

    /// <summary>The next segment at or after a position, which never goes back. A dollar sign that opens no mathematics is passed over.</summary>
    public MathSegment? Next(int at)
    {
        while (at < end)
        {
            int found = text.AsSpan(at, end - at).IndexOfAny(Marks);
            if (found < 0) return null;
            at += found;
            char next = at + 1 < end ? text[at + 1] : '\0';
            if (text[at] == '\\')
            {
                if (next == '(' && Close(ref _parenthesis, at + 2, "\\)") is var round && round < end && round - at < LongestInline)
                    return new MathSegment(at, at + 2, round, round + 2);
                if (next == '[' && Close(ref _bracket, at + 2, "\\]") is var square && square < end) return new MathSegment(at, at + 2, square, square + 2);
                at += 2;
            }
            else if (next == '$')
            {
                int close = Close(ref _display, at + 2, "$$");
                if (close < end) return new MathSegment(at, at + 2, close, close + 2);
                at += 2;
            }
            else
            {
                int dollar = Dollar(at + 1);
                if (dollar < 0) return null;
                ReadOnlySpan<char> content = text.AsSpan(at + 1, dollar - at - 1);
                if (!content.IsEmpty && !IsAmount(content) && !IsProse(content)) return new MathSegment(at, at + 1, dollar, dollar + 1);
                at++;
            }
        }
        return null;
    }

    // the first closing mark at or after a position; the end of the text when there is none
    private readonly int Close(ref int known, int from, string mark)
    {
        if (known >= from) return known;
        int at = from >= end ? -1 : text.AsSpan(from, end - from).IndexOf(mark, StringComparison.Ordinal);
        return known = at < 0 ? end : from + at;
    }

    // the next dollar sign that no backslash escapes
    private readonly int Dollar(int from)
    {
        for (int at = from; at < end; at++)
        {
            int found = text.AsSpan(at, end - at).IndexOf('$');
            if (found < 0) return -1;
            at += found;
            if (at == from || text[at - 1] != '\\') return at;
        }
        return -1;
    }

    // "$12 + $5 = $17": what ends in an operator is cut between two amounts of money
    private static bool IsAmount(ReadOnlySpan<char> content)
    {
        content = content.TrimEnd();
        return content.IsEmpty || content[^1] is '+' or '-' or '*' or '/' or '=' or 'x' && content.Length > 1 && content[^2] == ' '
            && char.IsAsciiDigit(content[0]) || content.Contains("<<", StringComparison.Ordinal);
    }

    // between two amounts of money stand words
    private static bool IsProse(ReadOnlySpan<char> content)
    {
        if (content.Length > LongestInline || content.Contains("\n\n", StringComparison.Ordinal)) return true;
        int words = 0, run = 0, depth = 0;
        bool command = false;
        for (int i = 0; i <= content.Length; i++)
        {
            char c = i < content.Length ? content[i] : ' ';
            if (char.IsLetter(c))
            {
                run++;
                continue;
            }
            if (run >= 3 && !command && depth == 0) words++;
            command = c == '\\';
            depth = c == '{' ? depth + 1 : c == '}' ? depth - 1 : depth;
            run = 0;
        }
        return words >= 2;
    }
}

/// <summary>A piece of mathematics in a text: the content, and the span with its delimiters.</summary>
internal readonly record struct MathSegment(int OuterStart, int Start, int End, int OuterEnd);
