using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Extraction;

/// <summary>The letter of a multiple-choice answer.</summary>
internal static class ChoiceLetters
{
    private static readonly string[] Anchors = ["answer is", "answer:", "Answer:", "ANSWER:", "Answer is", "choice is", "option is", "choose", "éponse est",
        "éponse:", "答案是", "答案：", "orrect option", "orrect choice"];

    public static ExtractedAnswer? Find(string text, int start, int end, string letters)
    {
        if (Boxes.Find(text, start, end, mustAgree: false, int.MaxValue / 4, out _) is { } box) return box;
        int anchor = -1;
        foreach (string phrase in Anchors)
        {
            int at = text.AsSpan(start, end - start).LastIndexOf(phrase, StringComparison.Ordinal);
            if (at >= 0) anchor = Math.Max(anchor, at + start + phrase.Length);
        }
        if (anchor >= 0 && First(text, anchor, Math.Min(end, anchor + 200), letters) is { } anchored) return anchored;
        if (LineStart(text, start, end, letters) is { } line) return line;
        return LastStanding(text, start, end, letters);
    }

    private static ExtractedAnswer? First(string text, int from, int end, string letters)
    {
        for (int i = from; i < end; i++)
            if (Stands(text, i, from, end, letters)) return Letter(text, i);
        return null;
    }

    // "A.", "(A)", "A " at the start of a line; an article before a small letter is none
    private static ExtractedAnswer? LineStart(string text, int start, int end, string letters)
    {
        int at = start;
        while (at < end)
        {
            int first = at;
            while (first < end && text[first] is ' ' or '(' or '*' or '$' or '\\') first++;
            if (first < end && Stands(text, first, at, end, letters) && !IsArticle(text, first, end)) return Letter(text, first);
            int next = text.IndexOf('\n', at, end - at);
            if (next < 0) return null;
            at = next + 1;
        }
        return null;
    }

    private static ExtractedAnswer? LastStanding(string text, int start, int end, string letters)
    {
        for (int i = end - 1; i >= start; i--)
        {
            if (!Stands(text, i, start, end, letters) || IsArticle(text, i, end)) continue;
            ReadOnlySpan<char> before = text.AsSpan(start, i - start).TrimEnd(" (*");
            if (!before.EndsWith("not", StringComparison.OrdinalIgnoreCase) && !before.EndsWith("n't be", StringComparison.Ordinal)) return Letter(text, i);
        }
        return null;
    }

    private static bool Stands(string text, int at, int start, int end, string letters)
        => letters.Contains(text[at], StringComparison.Ordinal)
            && (at == start || !IsWordPart(text[at - 1]))
            && (at + 1 >= end || !IsWordPart(text[at + 1]));

    // Chinese and Japanese write a letter without a space beside it
    private static bool IsWordPart(char c) => c < '\u2E80' && char.IsLetterOrDigit(c) || c == '\'';

    private static bool IsArticle(string text, int at, int end) => text[at] == 'A' && at + 2 < end && text[at + 1] == ' ' && char.IsLower(text[at + 2]);

    private static ExtractedAnswer? Letter(string text, int at) => new ExtractedAnswer(text[at].ToString(), at, at + 1, ExtractionRule.ChoiceLetter);
}
