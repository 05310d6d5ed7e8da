using System.Collections.Frozen;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Words before and behind a value that state it and change nothing: "the answer is", "exactly", "5 is the answer". The words are listed, since any other word
/// may take the value back: "twice the answer is", "a lower bound is".
/// </summary>
internal static class LeadIns
{
    private const int LongestWord = 16;
    private const int MostWords = 24;

    private static readonly FrozenSet<string> Words = Set("a an the our my its his her their this that these those it we so thus hence therefore then and "
        + "in of for to on at by all both final correct right exact required desired resulting requested overall simplified numerical numeric real "
        + "integer positive total answer answers solution solutions result results value values sum product quantity ratio probability chance area volume "
        + "perimeter circumference length width height depth distance speed velocity rate time age cost price profit amount number count maximum minimum "
        + "max min maximal minimal largest smallest greatest expression function equation coordinates coordinate point points set interval domain range "
        + "vector matrix angle measure radius diameter slope intercept root roots zero zeros zeroes average mean median mode variance determinant "
        + "remainder term coefficient degree digit digits triangle square circle rectangle line side sides edge edges ways way possible people students "
        + "must indeed pair pairs tuple triple order ordered unknown variable choice option letter option statement integral limit derivative series "
        + "sequence polynomial constant percentage percent fraction decimal correct-answer x-coordinate y-coordinate z-coordinate x-intercept y-intercept");

    private static readonly FrozenSet<string> Verbs = Set("is are equals gives yields get gets obtain find have be comes");

    private static readonly FrozenSet<string> Adverbs = Set("exactly precisely approximately about roughly around circa simply just only either both "
        + "therefore thus hence so still then equal to indeed clearly definitely certainly surely");

    private static readonly string[] Commands = ["\\text{", "\\textbf{", "\\textit{", "\\textrm{", "\\mathrm{", "\\mbox{"];

    private static readonly string[] Reasons =
    [
        " since ", " because ", "(since ", "(because ", "\\text{since ", "\\text{ since ", "\\text{because ", "\\text{ because ", "\\text{, since ",
        "\\text{, because ", "(\\text{since ", "(\\text{because ", "(\\text{ since ", " (see ", "\\text{ (see ", "\\text{(see ", " (as ", "\\text{ (as ",
        "\\text{(as ", " (no solution", "\\text{ (no solution", "\\text{(no solution", " in total", " in all",
    ];

    private static readonly string[] Marks = ["\\checkmark", "✓", "✔", "✅", "\\blacksquare"];

    private static readonly string[] Spaces = ["\\quad", "\\qquad", "\\;", "\\,", "\\ "];

    private static readonly string[] Verdicts =
    [
        "is the answer", "is the final answer", "is our answer", "is my answer", "is the correct answer", "is the solution", "is the result",
        "is the value", "is correct", "is the only solution", "is the unique solution", "and we are done", "as required", "as desired",
    ];

    /// <summary>The statement without the words that lead to it, and without "is the answer" behind it; the text itself when it has none.</summary>
    public static string Strip(string text)
    {
        string bare = Unwrapped(text) is { } inner && Start(inner) > 0 ? inner : text;
        int start = Start(bare), end = End(bare, start);
        return start == 0 && end == bare.Length ? text : bare[start..end];
    }

    /// <summary>The text without the reason or remark that follows the answer; the text itself when it has none.</summary>
    public static string WithoutRemark(string text)
    {
        int end = text.Length;
        if (!text.AsSpan().ContainsAny(' ', '(', '\\')) return text;
        foreach (string reason in Reasons)
        {
            int at = text.IndexOf(reason, StringComparison.OrdinalIgnoreCase);
            if (at > 0) end = Math.Min(end, at);
        }
        foreach (string mark in Marks)
            if (text.AsSpan(0, end).TrimEnd().EndsWith(mark, StringComparison.Ordinal)) end = text.AsSpan(0, end).TrimEnd().Length - mark.Length;
        if (end == text.Length) return WithoutArticle(text);
        string answer = text[..end].TrimEnd(' ', ',', ';', '~');
        foreach (string space in Spaces)
            if (answer.EndsWith(space, StringComparison.Ordinal)) answer = answer[..^space.Length].TrimEnd(' ', ',', ';', '~');
        return WithoutArticle(answer.Length == 0 ? text : answer);
    }

    // "3/4 of a mile"
    private static string WithoutArticle(string text)
        => text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] is '\\' or '$')
            ? text.Replace(" of a ", " ", StringComparison.Ordinal).Replace(" of an ", " ", StringComparison.Ordinal)
            : text;

    /// <summary>Whether every word may stand before an answer.</summary>
    public static bool Lead(ReadOnlySpan<char> words)
    {
        int at = 0;
        while (NextWord(words, ref at) is var (start, length))
            if (!IsLead(words.Slice(start, length))) return false;
        return true;
    }

    // \text{The answer is 5}
    private static string? Unwrapped(string text)
    {
        foreach (string command in Commands)
            if (text.StartsWith(command, StringComparison.Ordinal) && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1)
                return text[command.Length..^1];
        return null;
    }

    private static int Start(string text)
    {
        int start = 0, words = 0;
        // several in a row: "So the answer is", "exactly"
        while (words++ < MostWords)
        {
            int next = OneLead(text, start);
            if (next <= start || text.AsSpan(next).Trim(" $.,:").IsEmpty) break;
            start = next;
        }
        return start;
    }

    private static int OneLead(string text, int start)
    {
        ReadOnlySpan<char> rest = text.AsSpan(start);
        foreach (string command in Commands)
        {
            if (!rest.StartsWith(command, StringComparison.Ordinal)) continue;
            int close = rest.IndexOf('}');
            if (close < 0) return start;
            string content = rest[command.Length..close].ToString();
            return content.Trim().Length > 0 && Phrase(content, 0) is int end && content.AsSpan(end).Trim(" ~:,").IsEmpty ? start + close + 1 : start;
        }
        return Phrase(text, start) ?? start;
    }

    // one adverb, or the words up to a verb or a colon
    private static int? Phrase(string text, int start)
    {
        int at = start, words = 0;
        while (NextWord(text, ref at) is var (first, length) && words++ < MostWords)
        {
            ReadOnlySpan<char> word = text.AsSpan(first, length);
            if (words == 1 && IsIn(Adverbs, word)) return Behind(text, at);
            if (words > 1 && IsIn(Verbs, word)) return Behind(text, at);
            if (!IsLead(word)) return null;
            if (at < text.Length && text[at] == ':' && length > 1) return Behind(text, at + 1);
        }
        return null;
    }

    private static int Behind(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or ',' or ':' or '~') at++;
        return at;
    }

    private static int End(string text, int start)
    {
        ReadOnlySpan<char> rest = text.AsSpan(start).TrimEnd(" .$");
        if (rest.IsEmpty || !char.IsAsciiLetter(rest[^1])) return text.Length;
        foreach (string verdict in Verdicts)
        {
            if (!rest.EndsWith(verdict, StringComparison.OrdinalIgnoreCase)) continue;
            ReadOnlySpan<char> value = rest[..^verdict.Length].TrimEnd(" ,");
            if (!value.IsEmpty && !char.IsAsciiLetter(value[^1])) return start + value.Length;
        }
        return text.Length;
    }

    private static bool IsLead(ReadOnlySpan<char> word) => word.Length == 1 || IsIn(Words, word) || IsIn(Verbs, word) || IsIn(Adverbs, word);

    private static bool IsIn(FrozenSet<string> set, ReadOnlySpan<char> word)
    {
        if (word.Length > LongestWord) return false;
        Span<char> lower = stackalloc char[LongestWord];
        return set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(lower[..word.ToLowerInvariant(lower)]);
    }

    // the next run of letters, hyphens inside included; null at a sign that is no part of prose
    private static (int Start, int Length)? NextWord(ReadOnlySpan<char> text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or ',' or '$' or '~') at++;
        int start = at;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || at > start && text[at] == '-' && at + 1 < text.Length && char.IsAsciiLetter(text[at + 1])))
            at++;
        return at > start ? (start, at - start) : null;
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').Distinct().ToFrozenSet(StringComparer.Ordinal);
}
