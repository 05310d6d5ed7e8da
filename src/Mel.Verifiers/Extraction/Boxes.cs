using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Extraction;

/// <summary>Boxed answers.</summary>
internal static class Boxes
{
    private const int LongestGap = 70;
    private const int MostBoxes = 256;

    private readonly record struct Box(int Start, int ContentStart, int ContentEnd, int End);

    /// <summary>The last box together with the boxes joined to it. Where there are boxes and no answer, <paramref name="closed"/> is set and no other rule may
    /// guess.</summary>
    public static ExtractedAnswer? Find(string text, int start, int end, bool mustAgree, int longestAnswer, out bool closed)
    {
        closed = false;
        Backward boxes = new(text, start, end);
        if (boxes.Before(end) is not { } last) return null;
        List<Box>? group = null;
        Box first = last;
        while (boxes.Before(first.Start) is { } before && before.End <= first.Start && Joins(text.AsSpan(before.End, first.Start - before.End)))
        {
            group ??= [last];
            group.Insert(0, before);
            first = before;
            if (group.Count > MostBoxes) break;
        }
        if (mustAgree && Disagree(text, start, end, first, last, group))
        {
            closed = true;
            return null;
        }
        if (group is not null)
        {
            int length = 0;
            List<string> parts = [];
            foreach (Box box in group)
            {
                string part = text.AsSpan(box.ContentStart, Math.Min(box.ContentEnd - box.ContentStart, longestAnswer + 1)).Trim().ToString();
                length += part.Length + 2;
                if (part.Length > 0) parts.Add(part);
                if (length > 2 * longestAnswer) break;
            }
            if (parts.Count == 0) closed = true;
            return parts.Count == 0 ? null : new ExtractedAnswer(string.Join(" , ", parts), first.Start, last.End, ExtractionRule.Boxed);
        }
        ReadOnlySpan<char> content = text.AsSpan(last.ContentStart, last.ContentEnd - last.ContentStart).Trim();
        if (content.IsEmpty)
        {
            closed = true;
            return null;
        }
        if (content.Length > longestAnswer) content = content[..(longestAnswer + 1)];                    // the parser refuses it by its length
        string answer = string.Concat(content, Suffix(text, last.End, end));
        return new ExtractedAnswer(answer, last.ContentStart, last.ContentEnd, ExtractionRule.Boxed);
    }

    // A percent or degree sign written behind the box belongs to the answer.
    private static ReadOnlySpan<char> Suffix(string text, int at, int end)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at, Math.Min(end - at, 24)).TrimStart(" $\\)\n~,");
        if (rest.StartsWith("%", StringComparison.Ordinal) || rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("pct", StringComparison.OrdinalIgnoreCase)) return "\\%";
        return rest.StartsWith("^\\circ", StringComparison.Ordinal) || rest.StartsWith("^{\\circ}", StringComparison.Ordinal) ? "^\\circ" : "";
    }

    // Walks back through the boxes. Each of the two commands is searched for only when the last one found has been passed.
    private ref struct Backward(string text, int start, int end)
    {
        private int _boxed = int.MaxValue;
        private int _fbox = int.MaxValue;

        /// <summary>The last box that begins before a position, which never goes forward.</summary>
        public Box? Before(int at)
        {
            at = Math.Min(at, end);
            while (true)
            {
                if (_boxed >= at) _boxed = LastOf("boxed", at);
                if (_fbox >= at) _fbox = LastOf("\\fbox", at);
                int last = Math.Max(_boxed, _fbox);
                if (last < start) return null;
                if (BoxAt(text, last, start) is { } box) return box;
                at = last;
            }
        }

        private readonly int LastOf(string command, int at)
        {
            int found = at <= start ? -1 : text.AsSpan(start, at - start).LastIndexOf(command, StringComparison.Ordinal);
            return found < 0 ? int.MinValue : found + start;
        }
    }

    private static Box? BoxAt(string text, int at, int start)
    {
        int after, slash;
        if (text[at] == '\\') (slash, after) = (at, at + 5);
        else if (at > start && text[at - 1] == '\\') (slash, after) = (at - 1, at + 5);
        else return null;
        while (slash > start && text[slash - 1] == '\\') slash--;
        while (after < text.Length && text[after] == ' ') after++;
        if (after >= text.Length) return null;
        if (text[after] != '{')
        {
            // \boxed 5: up to the next space or dollar sign
            if (!char.IsAsciiLetterOrDigit(text[after]) && text[after] is not ('-' or '\\')) return null;
            int stop = after;
            while (stop < text.Length && text[stop] is not (' ' or '$' or '\n') && stop - after < 100) stop++;
            return new Box(slash, after, stop, stop);
        }
        int close = Braces.CloseOf(text, after);
        return close < 0 ? new Box(slash, after + 1, text.Length, text.Length) : new Box(slash, after + 1, close, close + 1);
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
        if (words.IsEmpty) return false;                                   // a box that is only repeated
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

    private static bool EndsWithWord(ReadOnlySpan<char> words, string word)
        => words.EndsWith(word, StringComparison.Ordinal) && (words.Length == word.Length || !char.IsLetter(words[^(word.Length + 1)]));

    private static bool Disagree(string text, int start, int end, Box first, Box last, List<Box>? group)
    {
        ReadOnlySpan<char> wanted = text.AsSpan(last.ContentStart, last.ContentEnd - last.ContentStart);
        int at = start;
        while (at < end)
        {
            int next = text.AsSpan(at, end - at).IndexOf("boxed", StringComparison.Ordinal);
            if (next < 0) return false;
            next += at;
            if (BoxAt(text, next, start) is not { } box)
            {
                at = next + 5;
                continue;
            }
            if (box.Start >= first.Start) return false;
            if (box.End >= text.Length) return true;
            if (group is not null || !SameContent(text.AsSpan(box.ContentStart, box.ContentEnd - box.ContentStart), wanted))
            {
                // the box around the last one holds it, and does not disagree
                if (!(box.Start < first.Start && box.End >= last.End)) return true;
            }
            at = box.End;
        }
        return false;
    }

    private static bool SameContent(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int j = 0;
        foreach (char c in a)
        {
            if (c == ' ') continue;
            while (j < b.Length && b[j] == ' ') j++;
            if (j == b.Length || b[j++] != c) return false;
        }
        return b[j..].Trim(' ').IsEmpty;
    }
}
