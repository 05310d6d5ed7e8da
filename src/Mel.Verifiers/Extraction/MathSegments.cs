namespace Mel.Verifiers.Extraction;

/// <summary>Mathematics between <c>$ $</c>, <c>$$ $$</c>, <c>\( \)</c> and <c>\[ \]</c>.</summary>
internal static class MathSegments
{
    /// <summary>The last chain of joined segments of an unanchored text.</summary>
    public static ExtractedAnswer? Last(string text, int start, int end)
    {
        List<MathSegment> chain = LastChain(text, start, end);
        // a step such as 5x = 30 in "so $5x = 30$ and $x = 6$" is not part of the answer
        while (chain.Count > 1 && IsStep(text.AsSpan(chain[0].Start, chain[0].End - chain[0].Start))) chain.RemoveAt(0);
        ExtractedAnswer? last = Joined(text, chain, end);
        // a later sentence with a number and no mathematics of its own says more
        if (last is { } segment && PlainAnswers.LastExpression(text, chain[^1].OuterEnd, end) is { } number && EndsSentence(text, chain[^1], number.Start))
            return number;
        return last;
    }

    private static bool EndsSentence(string text, MathSegment segment, int until)
    {
        ReadOnlySpan<char> between = text.AsSpan(segment.OuterEnd, until - segment.OuterEnd);
        return between.Contains(". ", StringComparison.Ordinal) || between.Contains('\n')
            || text.AsSpan(segment.Start, segment.End - segment.Start).TrimEnd().EndsWith(".", StringComparison.Ordinal);
    }

    /// <summary>The answer in the text behind an anchor: the chain it begins with, or else the last chain or number.</summary>
    public static ExtractedAnswer? In(string text, int start, int end)
    {
        List<MathSegment> first = [];
        MathScanner scanner = new(text, end);
        int at = start;
        while (scanner.Next(at) is { } segment)
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
        return before.IsEmpty || before is "approximately" or "about" or "exactly" or "roughly" or "simply" or "equal to" or "either" or "just" or "both"
            or "still" or "then" or "thus" or "therefore"
            || before.Length <= 24 && before.EndsWith("=", StringComparison.Ordinal) || before is ['(', _, ')'];
    }

    private static ExtractedAnswer? Joined(string text, List<MathSegment> chain, int end)
    {
        if (chain.Count == 0) return null;
        MathSegment last = chain[^1];
        string answer = chain.Count == 1
            ? Content(text, last)
            : string.Join(" , ", chain.Select(s => Content(text, s)));
        return answer.Length == 0 ? null : new ExtractedAnswer(answer + Suffix(text, last.OuterEnd, end), chain[0].OuterStart, last.OuterEnd, default);
    }

    private static string Content(string text, MathSegment segment)
    {
        (int start, int end) = Refinement.Trimmed(text, segment.Start, segment.End);
        return text[start..end];
    }

    private static string Suffix(string text, int at, int end)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at, Math.Min(end - at, 16)).TrimStart();
        if (rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("pct", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("%", StringComparison.Ordinal) || rest.StartsWith("\\%", StringComparison.Ordinal)) return "\\%";
        return "";
    }

    private static List<MathSegment> LastChain(string text, int start, int end)
    {
        List<MathSegment> chain = [];
        MathScanner scanner = new(text, end);
        int at = start;
        while (scanner.Next(at) is { } segment)
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
}
