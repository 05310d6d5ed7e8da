using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Extraction;

/// <summary>Boxed answers.</summary>
internal static class Boxes
{
    private const int LongestGap = 70;
    private const int MostBoxes = 256;

    /// <summary>
    /// The last box with content, together with the boxes joined to it. Where boxes give no single answer, <paramref name="closed"/> is set and no other rule
    /// may guess.
    /// </summary>
    public static ExtractedAnswer? Find(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        BoxScanner.Backward boxes = new(text, start, end);
        Box? found = boxes.Before(end);
        // an empty box at the end, or one of the instructions repeated
        for (int passed = 0; found is { } box && BoxAgreement.IsPlaceholder(box.Content(text)); passed++)
        {
            closed = box.IsOpen || passed == MostBoxes;
            if (closed) return null;
            found = boxes.Before(box.Start);
        }
        if (found is null && !reading.BoxesMustAgree) found = BoxScanner.Misspelled(text, start, end);
        if (found is not { } last) return null;
        List<Box> group = [last];
        while (boxes.Before(group[0].Start) is { } before && before.End <= group[0].Start)
        {
            ReadOnlySpan<char> gap = text.AsSpan(before.End, group[0].Start - before.End);
            if (group.Count == 1 && Approximates(gap, last.Content(text)) && !BoxAgreement.IsPlaceholder(before.Content(text))
                && (reading.SameValue is null || !reading.BoxesMustAgree || reading.SameValue(before.Content(text).ToString(), last.Content(text).ToString())))
            {
                // the decimal behind the exact value is a remark
                group[0] = before;
                continue;
            }
            if (!Joins(gap) || EndsSentence(before.Content(text), gap)) break;
            group.Insert(0, before);
            if (group.Count > MostBoxes) break;
        }
        (Box first, last) = (group[0], group[^1]);
        string answer = group.Count > 1 ? Together(text, group, reading.LongestAnswer) : Alone(text, last, end, reading.LongestAnswer);
        closed = answer.Length == 0 || reading.BoxesMustAgree
            && (BoxAgreement.Disagree(text, start, group, answer, reading) || BoxAgreement.IsRetracted(text, start, first.Start, last.End, end));
        if (closed) return null;
        return group.Count > 1
            ? new ExtractedAnswer(answer, first.Start, last.End, ExtractionRule.Boxed)
            : new ExtractedAnswer(answer, last.ContentStart, last.ContentEnd, ExtractionRule.Boxed);
    }

    private static string Together(string text, List<Box> group, int longestAnswer)
    {
        int length = 0;
        List<string> parts = [];
        foreach (Box box in group)
        {
            ReadOnlySpan<char> content = box.Content(text);
            string part = content[..Math.Min(content.Length, longestAnswer + 1)].ToString();
            length += part.Length + 2;
            if (part.Length > 0) parts.Add(part);
            if (length > 2 * longestAnswer) break;
        }
        return string.Join(" , ", parts);
    }

    private static string Alone(string text, Box box, int end, int longestAnswer)
    {
        ReadOnlySpan<char> content = box.Content(text);
        if (content.Length > longestAnswer) content = content[..(longestAnswer + 1)];                    // the parser refuses it by its length
        return string.Concat(content, Suffix(text, box.End, end));
    }

    // A percent or degree sign written behind the box belongs to the answer.
    private static ReadOnlySpan<char> Suffix(string text, int at, int end)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at, Math.Min(end - at, 24)).TrimStart(" $\\)\n~,");
        if (rest.StartsWith("%", StringComparison.Ordinal) || rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("pct", StringComparison.OrdinalIgnoreCase)) return "\\%";
        return rest.StartsWith("^\\circ", StringComparison.Ordinal) || rest.StartsWith("^{\\circ}", StringComparison.Ordinal) ? "^\\circ" : "";
    }

    // "\boxed{\frac13} \approx \boxed{0.333}", "\boxed{\sqrt2}, numerically \boxed{1.414}"
    private static bool Approximates(ReadOnlySpan<char> gap, ReadOnlySpan<char> content)
    {
        if (gap.Length > LongestGap || gap.Contains('\n') || gap.Contains(". ", StringComparison.Ordinal)) return false;
        return gap.Contains("approx", StringComparison.Ordinal) || gap.Contains('≈') || gap.Contains("numerically", StringComparison.Ordinal)
            || gap.Contains("roughly", StringComparison.Ordinal) || gap.Contains("about", StringComparison.Ordinal)
            || content.StartsWith("\\approx", StringComparison.Ordinal) || content.StartsWith("≈", StringComparison.Ordinal);
    }

    // Boxes belong together when they touch, when only signs of punctuation stand between them, or when the words between them end in a comma, "and" or "or".
    private static bool Joins(ReadOnlySpan<char> gap)
    {
        if (gap.IsEmpty) return true;
        if (gap.Length > LongestGap || gap.Contains("\n\n", StringComparison.Ordinal)) return false;
        Span<char> bare = stackalloc char[gap.Length];
        int length = 0;
        for (int i = 0; i < gap.Length; i++)
        {
            char c = gap[i];
            if (c is '$' or '\\' or '{' or '}' or '(' or ')' or '[' or ']' or '*') c = ' ';
            bare[length++] = c;
        }
        ReadOnlySpan<char> words = bare[..length].Trim();
        if (words.IsEmpty || words is "=") return false;                   // a box that is only repeated
        // "y_2 =" before the next box names it
        if (words.EndsWith("=", StringComparison.Ordinal))
        {
            words = words[..^1].TrimEnd();
            int space = words.LastIndexOf(' ');
            words = space < 0 ? words : words[..space].TrimEnd();
        }
        while (words.EndsWith("quad", StringComparison.Ordinal)) words = words[..^(words.EndsWith("qquad", StringComparison.Ordinal) ? 5 : 4)].TrimEnd();
        if (words.IsEmpty) return true;
        return words[^1] is ',' or ';' or '&' or '+' || EndsWithWord(words, "and") || EndsWithWord(words, "or");
    }

    // "\boxed{5.} As a check, \boxed{5}"
    private static bool EndsSentence(ReadOnlySpan<char> content, ReadOnlySpan<char> gap)
        => content.TrimEnd().EndsWith(".", StringComparison.Ordinal) && gap.TrimStart(" $\n") is [>= 'A' and <= 'Z', ..];

    private static bool EndsWithWord(ReadOnlySpan<char> words, string word)
        => words.EndsWith(word, StringComparison.Ordinal) && (words.Length == word.Length || !char.IsLetter(words[^(word.Length + 1)]));
}
