using System.Buffers;

namespace Mel.Verifiers.Extraction;

/// <summary>Mathematics between <c>$ $</c>, <c>$$ $$</c>, <c>\( \)</c> and <c>\[ \]</c>.</summary>
internal static class MathSegments
{
    private const int LongestInline = 2000;

    private static readonly SearchValues<char> Marks = SearchValues.Create("$\\");

    private readonly record struct Segment(int OuterStart, int Start, int End, int OuterEnd);

    /// <summary>The last chain of joined segments of an unanchored text.</summary>
    public static ExtractedAnswer? Last(string text, int start, int end)
    {
        List<Segment> chain = LastChain(text, start, end);
        // a step such as 5x = 30 in "so $5x = 30$ and $x = 6$" is not part of the answer
        while (chain.Count > 1 && IsStep(text.AsSpan(chain[0].Start, chain[0].End - chain[0].Start))) chain.RemoveAt(0);
        ExtractedAnswer? last = Joined(text, chain, end);
        // a later sentence with a number and no mathematics of its own says more
        if (last is { } segment && PlainAnswers.LastExpression(text, chain[^1].OuterEnd, end) is { } number && EndsSentence(text, chain[^1], number.Start)) return number;
        return last;
    }

    private static bool EndsSentence(string text, Segment segment, int until)
    {
        ReadOnlySpan<char> between = text.AsSpan(segment.OuterEnd, until - segment.OuterEnd);
        return between.Contains(". ", StringComparison.Ordinal) || between.Contains('\n') || text.AsSpan(segment.Start, segment.End - segment.Start).TrimEnd().EndsWith(".", StringComparison.Ordinal);
    }

    /// <summary>The answer in the text behind an anchor: the chain it begins with, or else the last chain or number.</summary>
    public static ExtractedAnswer? In(string text, int start, int end)
    {
        List<Segment> first = [];
        int at = start;
        while (Next(text, at, end) is { } segment)
        {
            if (first.Count > 0 && !IsJoiner(text.AsSpan(first[^1].OuterEnd, segment.OuterStart - first[^1].OuterEnd))) break;
            if (first.Count == 0 && !Leads(text.AsSpan(start, segment.OuterStart - start)))
            {
                ExtractedAnswer? last = Last(text, start, end);
                ExtractedAnswer? number = PlainAnswers.LastExpression(text, start, end);
                return number is { } n && last is { } l && n.Start >= l.End ? number : last;
            }
            first.Add(segment);
            at = segment.OuterEnd;
        }
        return first.Count == 0 ? null : Joined(text, first, end);
    }

    // words such as "approximately" or a choice label may stand before the answer, a sentence may not
    private static bool Leads(ReadOnlySpan<char> before)
    {
        before = before.Trim();
        return before.IsEmpty || before is "approximately" or "about" or "exactly" or "roughly" or "simply" or "equal to" or "either" or "just" or "both" or "still" or "then" or "thus" or "therefore"
            || before.Length <= 24 && before.EndsWith("=", StringComparison.Ordinal) || before is ['(', _, ')'];
    }

    private static ExtractedAnswer? Joined(string text, List<Segment> chain, int end)
    {
        if (chain.Count == 0) return null;
        Segment last = chain[^1];
        string answer = chain.Count == 1
            ? Content(text, last)
            : string.Join(" , ", chain.Select(s => Content(text, s)));
        return answer.Length == 0 ? null : new ExtractedAnswer(answer + Suffix(text, last.OuterEnd, end), chain[0].OuterStart, last.OuterEnd, default);
    }

    private static string Content(string text, Segment segment)
    {
        (int start, int end) = Refinement.Trimmed(text, segment.Start, segment.End);
        return text[start..end];
    }

    private static string Suffix(string text, int at, int end)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at, Math.Min(end - at, 16)).TrimStart();
        if (rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("pct", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("%", StringComparison.Ordinal) || rest.StartsWith("\\%", StringComparison.Ordinal)) return "\\%";
        return "";
    }

    private static List<Segment> LastChain(string text, int start, int end)
    {
        List<Segment> chain = [];
        int at = start;
        while (Next(text, at, end) is { } segment)
        {
            if (chain.Count > 0 && (chain.Count > 256 || !IsJoiner(text.AsSpan(chain[^1].OuterEnd, segment.OuterStart - chain[^1].OuterEnd)))) chain.Clear();
            chain.Add(segment);
            at = segment.OuterEnd;
        }
        return chain;
    }

    private static bool IsJoiner(ReadOnlySpan<char> gap)
    {
        gap = gap.Trim();
        return gap is "," or ";" or "and" or "or" or ", and" or ", or" or "; and" or "&" or "、" or "和" or "或";
    }

    // an equation with something other than one name on its left
    private static bool IsStep(ReadOnlySpan<char> content)
    {
        int equals = content.IndexOf('=');
        if (equals < 0) return false;
        ReadOnlySpan<char> left = content[..equals].Trim();
        return left.Length > 1 && !left.Contains('(') && !left.Contains('_') && (left.ContainsAnyInRange('0', '9') || left.ContainsAny("+-*/^"));
    }

    /// <summary>The next segment at or after a position; a dollar sign that opens no mathematics is passed over.</summary>
    private static Segment? Next(string text, int at, int end)
    {
        while (at < end)
        {
            int found = text.AsSpan(at, end - at).IndexOfAny(Marks);
            if (found < 0) return null;
            at += found;
            char next = at + 1 < end ? text[at + 1] : '\0';
            if (text[at] == '\\')
            {
                if (next is '(' or '[' && Close(text, at + 2, end, next == '(' ? "\\)" : "\\]", next == '[' ? int.MaxValue : LongestInline) is >= 0 and int close)
                    return new Segment(at, at + 2, close, close + 2);
                at += 2;
            }
            else if (next == '$')
            {
                int close2 = Close(text, at + 2, end, "$$", int.MaxValue);
                if (close2 >= 0) return new Segment(at, at + 2, close2, close2 + 2);
                at += 2;
            }
            else
            {
                int dollar = Dollar(text, at + 1, end);
                if (dollar < 0) return null;
                if (dollar > at + 1 && !IsAmount(text.AsSpan(at + 1, dollar - at - 1)) && !IsProse(text.AsSpan(at + 1, dollar - at - 1))) return new Segment(at, at + 1, dollar, dollar + 1);
                at++;
            }
        }
        return null;
    }

    private static int Close(string text, int from, int end, string mark, int longest)
    {
        int length = (int)Math.Min((long)end - from, longest);
        int at = length <= 0 ? -1 : text.AsSpan(from, length).IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? -1 : from + at;
    }

    // the next dollar sign that no backslash escapes
    private static int Dollar(string text, int from, int end)
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
        return content.IsEmpty || content[^1] is '+' or '-' or '*' or '/' or '=' or 'x' && content.Length > 1 && content[^2] == ' ' && char.IsAsciiDigit(content[0]) || content.Contains("<<", StringComparison.Ordinal);
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
