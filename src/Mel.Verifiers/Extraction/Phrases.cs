namespace Mel.Verifiers.Extraction;

/// <summary>Answers behind words that announce them.</summary>
internal static class Phrases
{
    private const int LongestSentence = 4096;

    // grouped by a part they share: a text without it is searched once instead of for every phrase
    private readonly record struct Family(string Part, string[] Phrases);

    private static readonly Family[] FinalAnswers =
    [
        new("inal ", ["inal answer is", "inal Answer is", "inal answer:", "inal Answer:"]), new("INAL ANSWER:", ["INAL ANSWER:"]),
    ];

    private static readonly Family[] Lines =
    [
        new("nswer", ["nswer:", "nswer**:", "nswer :", "nswer："]), new("NSWER:", ["NSWER:"]),
        new("答案", ["答案：", "答案:"]), new("éponse", ["éponse:", "éponse :"]),
    ];

    private static readonly Family[] InitialLines = [new("\nA", ["\nA:", "\nA："])];

    private static readonly Family[] Announcements =
    [
        new("nswer", ["answer is", "answers are", "Answer is", "answer would be", "answer must be"]),
        new("solution", ["solution is", "solutions are", "solution set is"]),
        new("choice is", ["choice is"]), new("option is", ["option is"]), new("答案", ["答案是", "答案为"]), new("éponse est", ["éponse est"]),
        new("espuesta es", ["espuesta es"]), new("Antwort ist", ["Antwort ist"]),
    ];

    /// <summary>The Minerva phrase, unless a box comes after it.</summary>
    public static ExtractedAnswer? FinalAnswer(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        int at = LastOf(text, start, end, FinalAnswers, out int length);
        if (at < 0) return null;
        ReadOnlySpan<char> rest = text.AsSpan(at, end - at);
        if (rest.Contains("boxed", StringComparison.Ordinal)) return null;
        int from = at + length, hope = text.AsSpan(from, end - from).IndexOf("I hope", StringComparison.Ordinal);
        int to = hope >= 0 ? from + hope : SentenceEnd(text, from, end);
        return Sentence(text, from, to, reading, out closed);
    }

    public static ExtractedAnswer? HashMarks(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        int at = text.AsSpan(start, end - start).LastIndexOf("####", StringComparison.Ordinal);
        if (at < 0) return null;
        at += start + 4;
        int stop = LineEnd(text, at, end);
        return Refinement.Refine(text, at, stop, reading, out closed);
    }

    public static ExtractedAnswer? AnswerLine(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        int at = LastOf(text, start, end, Lines, out int length);
        int initial = LastOf(text, start, end, InitialLines, out int initialLength);
        if (initial > at) (at, length) = (initial, initialLength);
        else if (at < 0 && text.AsSpan(start, end - start).StartsWith("A:", StringComparison.Ordinal)) (at, length) = (start, 2);
        if (at < 0) return null;
        int from = at + length;
        while (from < end && (char.IsWhiteSpace(text[from]) || text[from] == '*')) from++;
        int to = DisplayEnd(text, from, end, "$$", "$$") ?? DisplayEnd(text, from, end, "\\[", "\\]") ?? from;
        return Sentence(text, from, LineEnd(text, to, end), reading, out closed);
    }

    public static ExtractedAnswer? AnswerPhrase(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        int at = LastOf(text, start, end, Announcements, out int length);
        if (at < 0) return null;
        return Sentence(text, at + length, SentenceEnd(text, at + length, end), reading, out closed);
    }

    // A sentence that says what the answer is not holds no answer.
    private static ExtractedAnswer? Sentence(string text, int from, int to, Reading reading, out bool closed)
    {
        (from, to) = Refinement.Trimmed(text, from, to);
        ReadOnlySpan<char> content = text.AsSpan(from, Math.Max(0, to - from));
        closed = content.StartsWith("not ", StringComparison.OrdinalIgnoreCase) || content.StartsWith("neither ", StringComparison.OrdinalIgnoreCase);
        if (closed || content.IsEmpty) return null;
        ReadOnlySpan<char> lead = "the final answer is ";
        if (content.StartsWith(lead, StringComparison.OrdinalIgnoreCase)) from += lead.Length;
        else if (content.StartsWith(lead[..4], StringComparison.Ordinal)
            && content.StartsWith("the answer is ", StringComparison.OrdinalIgnoreCase)) from += 14;
        return Refinement.Refine(text, from, to, reading, out closed);
    }

    private static int LastOf(string text, int start, int end, Family[] families, out int length)
    {
        int best = -1;
        length = 0;
        ReadOnlySpan<char> region = text.AsSpan(start, end - start);
        foreach (Family family in families)
        {
            if (region.LastIndexOf(family.Part, StringComparison.Ordinal) < 0) continue;
            foreach (string phrase in family.Phrases)
            {
                int at = region.LastIndexOf(phrase, StringComparison.Ordinal);
                if (at <= best) continue;
                best = at;
                length = phrase.Length;
            }
        }
        return best < 0 ? -1 : best + start;
    }

    // where the display that begins here ends
    private static int? DisplayEnd(string text, int from, int end, string open, string close)
    {
        if (!text.AsSpan(from, end - from).StartsWith(open, StringComparison.Ordinal)) return null;
        int at = text.AsSpan(from + open.Length, end - from - open.Length).IndexOf(close, StringComparison.Ordinal);
        return at < 0 ? null : from + open.Length + at + close.Length;
    }

    private static int LineEnd(string text, int at, int end)
    {
        int line = text.AsSpan(at, Math.Min(end - at, LongestSentence)).IndexOf('\n');
        return line < 0 ? Math.Min(end, at + LongestSentence) : at + line;
    }

    /// <summary>The end of the sentence: a full stop before a space, or the end of the line, outside of braces and dollar signs.</summary>
    public static int SentenceEnd(string text, int at, int end)
    {
        int depth = 0, limit = Math.Min(end, at + LongestSentence);
        bool math = false, anything = false;
        for (int i = at; i < limit; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < limit)
            {
                if (text[i + 1] is '[' or '(') math = true;
                else if (text[i + 1] is ']' or ')') math = false;
                i++;
                anything = true;
            }
            else if (c == '{') depth++;
            else if (c == '}') depth--;
            else if (c == '$') math = !math;
            else if (c == '\n' && anything && !math) return i;
            else if (c is '。' || c == '.' && depth <= 0 && !math && (i + 1 == end || char.IsWhiteSpace(text[i + 1]))) return i;
            anything |= !char.IsWhiteSpace(c) && c is not (':' or '*');
        }
        return limit;
    }
}
