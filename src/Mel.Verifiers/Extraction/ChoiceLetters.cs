using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Extraction;

/// <summary>The letter of a multiple-choice answer, or the letters of several options chosen together.</summary>
internal static class ChoiceLetters
{
    private const int LongestVerdict = 200;

    private static readonly char[] Separators = [' ', ',', ';', '&', '、', '(', ')', '\\', '$'];

    private static readonly string[] Anchors =
    [
        "answer is", "answer:", "Answer:", "ANSWER:", "Answer is", "ANSWER IS", "answer**:", "Answer**:", "choice is", "option is", "choose", "éponse est",
        "éponse:", "答案是", "答案：", "答案:", "orrect option", "orrect choice",
    ];

    private static readonly string[] Conclusions =
    [
        "so ", "So ", "thus ", "Thus ", "hence ", "Hence ", "therefore ", "Therefore ", "leaving ", "leaves ", "must be ", "go with ", "pick ", "select ",
        "So, ", "so, ", "Thus, ", "Hence, ", "Therefore, ", "therefore, ", "故选", "选",
    ];

    private static readonly string[] Names =
    [
        "the ", "it is ", "it's ", "it must be ", "we choose ", "I choose ", "we pick ", "I pick ", "we select ", "I select ", "option ", "choice ",
        "letter ", "only ",
    ];

    private static readonly string[] Denials =
    [
        "not", "n't", "n't be", "rules out", "ruled out", "rule out", "ruling out", "eliminates", "eliminate", "eliminated", "eliminating", "excludes",
        "exclude", "excluding", "except", "excepting", "anything but", "everything but", "all but", "any but", "other than",
        "rather than", "instead of", "neither", "nor", "than", "non", "不是", "排除",
    ];

    private static readonly string[] DenialsBehind =
    [
        "is wrong", "is incorrect", "is false", "is not ", "is out", "isn't ", "are wrong", "are incorrect", "are false", "are not ", "cannot ",
        "can't ", "fails",
        "is eliminated", "is excluded", "is ruled out", "is impossible",
    ];

    public static ExtractedAnswer? Find(string text, int start, int end, string letters, out bool closed)
    {
        closed = false;
        ExtractedAnswer? box = Boxes.Find(text, start, end, Reading.Lenient, out _);
        if (box is { } boxed && Chosen(boxed.Text, letters) is { } choice) return boxed with { Text = choice };
        int anchor = -1;
        foreach (string phrase in Anchors)
        {
            int at = text.AsSpan(start, end - start).LastIndexOf(phrase, StringComparison.Ordinal);
            if (at >= 0) anchor = Math.Max(anchor, at + start + phrase.Length);
        }
        if (anchor >= 0)
        {
            while (anchor < end && (char.IsWhiteSpace(text[anchor]) || text[anchor] is '*' or ':')) anchor++;
            ExtractedAnswer? verdict = Verdict(text, anchor, LineEnd(text, anchor, Math.Min(end, anchor + LongestVerdict)), letters, out closed);
            if (closed || verdict is not null) return verdict;
        }
        if (Concluded(text, start, end, letters) is { } concluded)
        {
            ExtractedAnswer? verdict = Verdict(text, concluded, LineEnd(text, concluded, Math.Min(end, concluded + LongestVerdict)), letters, out closed);
            if (closed || verdict is not null) return verdict;
        }
        return LineStart(text, start, end, letters, out bool discussed)
            ?? (discussed ? null : LastStanding(text, start, end, letters, out closed)) ?? (closed ? null : box);
    }

    /// <summary>
    /// The choice a box or a gold states: one letter, several letters in the order of the alphabet, or a label with its content; null for anything else.
    /// </summary>
    private static string? Chosen(string content, string letters)
    {
        ReadOnlySpan<char> bare = content.AsSpan().Trim();
        int brace = bare.IndexOf('{');
        if (bare.StartsWith("\\text", StringComparison.Ordinal) && brace > 0 && bare.EndsWith("}", StringComparison.Ordinal)) bare = bare[(brace + 1)..^1];
        bare = bare.Trim(" .$*:");
        if (Together(bare.ToString(), letters) is { } several) return several;
        ReadOnlySpan<char> label = bare.TrimStart(" (*");
        bool marked = label.Length > 1 && letters.Contains(label[0], StringComparison.Ordinal) && label[1] is '.' or ')' or ':' or '}';
        return marked ? content : null;
    }

    // "BCD", "D, C, B", "B and C", "(B)"
    private static string? Together(string content, string letters)
    {
        string[] parts = content.Replace("and", " ", StringComparison.Ordinal).Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        SortedSet<char> chosen = [];
        foreach (string part in parts)
            foreach (char c in part)
            {
                if (!letters.Contains(c, StringComparison.Ordinal) || !chosen.Add(c)) return null;
            }
        return chosen.Count == 0 ? null : string.Concat(chosen);
    }

    // The first letter that is not denied, with the letters joined to it by commas and "and". Letters joined by "or" are no answer.
    private static ExtractedAnswer? Verdict(string text, int from, int end, string letters, out bool closed)
    {
        closed = false;
        int first = -1, last = -1, denied = -1;
        bool alternatives = false;
        SortedSet<char> chosen = [];
        for (int i = from; i < end; i++)
        {
            if (Run(text, i, from, end, letters) is not (> 0 and int length)) continue;
            if (first < 0)
            {
                if (IsDenied(text, from, i) || IsDeniedBehind(text, i + length, end) 
                    || denied >= 0 && text.AsSpan(denied, i - denied).Trim(" ()*$,") is "" or "or" or "nor" or "and")
                {
                    denied = i + length;
                    continue;
                }
                first = i;
            }
            else
            {
                ReadOnlySpan<char> gap = text.AsSpan(last, i - last).Trim(" ()*$.,;");
                bool joined = gap.IsEmpty && text.AsSpan(last, i - last).IndexOf('.') < 0 || gap is "and" or "&" or "/" or "、" or "和";
                alternatives |= gap is "or" or "/" or "或"
                    || gap.StartsWith("or ", StringComparison.Ordinal) && !gap.Contains("not", StringComparison.Ordinal);
                if (!joined && !alternatives) break;
            }
            foreach (char c in text.AsSpan(i, length)) chosen.Add(c);
            last = i + length;
            i = last - 1;
        }
        closed = alternatives;
        return closed || first < 0 ? null : new ExtractedAnswer(string.Concat(chosen), first, last, ExtractionRule.ChoiceLetter);
    }

    // where the last conclusion that names a letter begins: "so D", "hence option (C)"
    private static int? Concluded(string text, int start, int end, string letters)
    {
        int best = -1;
        foreach (string conclusion in Conclusions)
        {
            for (int before = end; before > start;)
            {
                int at = text.AsSpan(start, before - start).LastIndexOf(conclusion, StringComparison.Ordinal);
                if (at < 0 || start + at < best) break;
                before = start + at;
                int letter = before + conclusion.Length;
                foreach (string name in Names)
                    if (text.AsSpan(letter, end - letter).StartsWith(name, StringComparison.Ordinal)) letter += name.Length;
                while (letter < end && text[letter] is '(' or '*' or '$' or ' ') letter++;
                bool wordBefore = before > start && char.IsAsciiLetter(text[before - 1]) && char.IsAsciiLetter(conclusion[0]);
                if (wordBefore || letter >= end || Run(text, letter, start, end, letters) == 0 || IsArticle(text, letter, end)) continue;
                best = letter;
                break;
            }
        }
        return best < 0 ? null : best;
    }

    // "A.", "(A)", "A " at the start of a line, where no other line begins with another letter: then the options are discussed one by one
    private static ExtractedAnswer? LineStart(string text, int start, int end, string letters, out bool discussed)
    {
        int at = start, found = -1, bare = -1;
        discussed = false;
        while (at < end)
        {
            int first = at, stop = LineEnd(text, at, end);
            while (first < end && text[first] is ' ' or '(' or '*' or '$' or '\\') first++;
            if (first < end && Stands(text, first, at, end, letters) && !IsArticle(text, first, end)
                && !IsDeniedBehind(text, first + 1, stop))
            {
                discussed |= found >= 0 && text[found] != text[first];
                if (text.AsSpan(first + 1, Math.Max(0, stop - first - 1)).Trim(" ).*$\r").IsEmpty) bare = first;
                if (found < 0) found = first;
            }
            at = stop + 1;
        }
        if (discussed) found = bare;
        return found < 0 ? null : new ExtractedAnswer(text[found].ToString(), found, found + 1, ExtractionRule.ChoiceLetter);
    }

    private static ExtractedAnswer? LastStanding(string text, int start, int end, string letters, out bool closed)
    {
        closed = false;
        for (int i = end - 1; i >= start; i--)
        {
            if (!Stands(text, i, start, end, letters) || IsArticle(text, i, end) || IsDenied(text, start, i)
                || IsDeniedBehind(text, i + 1, end)) continue;
            ReadOnlySpan<char> before = text.AsSpan(start, i - start).TrimEnd(" (*$");
            closed = before.EndsWith(" or", StringComparison.Ordinal) && before.Length > 4 && !char.IsAsciiLetterLower(before[..^3].TrimEnd(" ),*$")[^1]);
            return closed ? null : new ExtractedAnswer(text[i].ToString(), i, i + 1, ExtractionRule.ChoiceLetter);
        }
        return null;
    }

    private static bool IsDenied(string text, int start, int at)
    {
        ReadOnlySpan<char> before = text.AsSpan(start, at - start).TrimEnd(" (*$\n");
        foreach (string name in Names)
            if (before.EndsWith(name.AsSpan().TrimEnd(), StringComparison.Ordinal)) before = before[..^(name.Length - 1)].TrimEnd();
        foreach (string denial in Denials)
            if (before.EndsWith(denial, StringComparison.OrdinalIgnoreCase)
                && (before.Length == denial.Length || denial[1] == '\'' || !char.IsAsciiLetter(before[^(denial.Length + 1)]))) return true;
        return false;
    }

    // "B is wrong"
    private static bool IsDeniedBehind(string text, int at, int end)
    {
        ReadOnlySpan<char> behind = text.AsSpan(at, Math.Min(end - at, 40)).TrimStart(" )*$");
        foreach (string denial in DenialsBehind)
            if (behind.StartsWith(denial, StringComparison.Ordinal)) return true;
        return false;
    }

    private static int LineEnd(string text, int at, int end)
    {
        int line = at >= end ? -1 : text.AsSpan(at, end - at).IndexOf('\n');
        return line < 0 ? end : at + line;
    }

    // letters that stand alone, or together as one word of options
    private static int Run(string text, int at, int start, int end, string letters)
    {
        if (at > start && IsWordPart(text[at - 1])) return 0;
        int stop = at;
        while (stop < end && letters.Contains(text[stop], StringComparison.Ordinal)) stop++;
        return stop < end && IsWordPart(text[stop]) ? 0 : stop - at;
    }

    private static bool Stands(string text, int at, int start, int end, string letters) => Run(text, at, start, end, letters) == 1;

    // Chinese and Japanese write a letter without a space beside it
    private static bool IsWordPart(char c) => c < '\u2E80' && char.IsLetterOrDigit(c) || c == '\'';

    private static bool IsArticle(string text, int at, int end) => text[at] == 'A' && at + 2 < end && text[at + 1] == ' ' && char.IsLower(text[at + 2]);
}
