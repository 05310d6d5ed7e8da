using Mel.Verifiers.Equivalence;
using Mel.Verifiers.Extraction;
using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers;

/// <summary>
/// Reads a gold: an expression, a solution with a box or behind <c>####</c>, or an explanation whose last sentence concludes with the value. A sentence that
/// holds several values, or one under a condition, is not replaced by a part of it.
/// </summary>
internal static class GoldReader
{
    private const int LongestConclusion = 400;
    private const int LongestQuoted = 80;

    // words that announce the value a text comes to
    private static readonly string[] Conclusions =
    [
        "so ", "so, ", "thus", "hence", "therefore", "answer", "conclude", "finally", "final ", "result", "in total", "total ", "altogether", "gives",
        "we get", "we obtain", "yields", "equals", "is equal to", "we have",
    ];

    private static readonly string[] Conditions = [" if ", " otherwise", " unless ", " depending ", " else "];

    /// <summary>The gold as an answer.</summary>
    /// <param name="gold">The gold as the data set has it.</param>
    /// <param name="options">The settings of the verifier.</param>
    /// <param name="reason">Why the gold cannot be read; null when it can.</param>
    public static ParsedAnswer Read(string gold, MathVerifierOptions options, out string? reason)
    {
        ParsedAnswer answer = Find(gold, options, out string where);
        reason = answer.Status switch
        {
            ParseStatus.LimitExceeded => $"{where} is larger than the limits allow",
            ParseStatus.Malformed => where == Whole && AnswerText.CountWords(gold) > 2
                ? "it is prose that does not come to one value: give the value alone, in a box or behind ####"
                : $"{where} is not in a notation that is known: '{Bounded(gold)}'",
            _ => null,
        };
        if (reason is not null || answer.Node?.Kind != Syntax.NodeKind.Text || !IsConditional(answer.Text)) return answer;
        reason = "it gives values under conditions: use a cases environment, or drop the row";
        return ParsedAnswer.Unread(gold);
    }

    private const string Whole = "it", Boxed = "its box", Marked = "what follows its ####", Concluded = "the value that ends it";

    private static ParsedAnswer Find(string gold, MathVerifierOptions options, out string where)
    {
        VerifierLimits limits = options.Limits;
        where = Whole;
        if (options.Extraction.Rules.Contains(ExtractionRule.ChoiceLetter)
            && ChoiceLetters.Find(gold, 0, gold.Length, options.Extraction.ChoiceLetters, out _) is { } letter) return ParsedAnswer.Parse(letter.Text, limits);
        if (gold.Contains("box", StringComparison.Ordinal) && Boxes.Find(gold, 0, gold.Length, Reading.Lenient, out _) is { } box)
        {
            where = Boxed;
            return ParsedAnswer.Parse(box.Text, limits);
        }
        ParsedAnswer whole = ParsedAnswer.Parse(gold, limits);
        if (whole.Status != ParseStatus.Malformed) return whole;
        if (Phrases.HashMarks(gold, 0, gold.Length, Reading.Lenient, out _) is { } marked)
        {
            where = Marked;
            return ParsedAnswer.Parse(marked.Text, limits);
        }
        if (Conclusion(gold) is not { } value) return whole;
        where = Concluded;
        return ParsedAnswer.Parse(value, limits);
    }

    // The value behind a conclusion in the last sentence: "..., so the sum is $12$."
    private static string? Conclusion(string gold)
    {
        string text = gold.TrimEnd(' ', '\n', '\r', '\t', '.', '*');
        if (LastValue(text) is not var (start, content)) return null;
        int from = Math.Max(0, start - LongestConclusion);
        ReadOnlySpan<char> before = text.AsSpan(from, start - from);
        before = before[(Math.Max(before.LastIndexOf('\n'), Math.Max(before.LastIndexOf(". ", StringComparison.Ordinal), before.LastIndexOf('$'))) + 1)..];
        if (Hedges.In(before)) return null;
        foreach (string conclusion in Conclusions)
            if (StartsWord(before, conclusion)) return content;
        return null;
    }

    private static bool StartsWord(ReadOnlySpan<char> text, string word)
    {
        int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at == 0 || at > 0 && !char.IsAsciiLetter(text[at - 1]);
    }

    // the mathematics or the number that the text ends in
    private static (int Start, string Content)? LastValue(string text)
    {
        MathScanner scanner = new(text, text.Length);
        MathSegment? last = null;
        for (int at = 0; scanner.Next(at) is { } segment; at = segment.OuterEnd) last = segment;
        if (last is { } ended && ended.OuterEnd == text.Length) return (ended.OuterStart, text[ended.Start..ended.End]);
        if (last is { } early && text.AsSpan(early.OuterEnd).IndexOfAnyInRange('0', '9') < 0) return null;
        return PlainAnswers.LastExpression(text, 0, text.Length) is { } number && number.End == text.Length ? (number.Start, number.Text) : null;
    }

    private static bool IsConditional(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('0', '9')) return false;
        text = " " + text + " ";
        return Array.Exists(Conditions, condition => text.Contains(condition, StringComparison.OrdinalIgnoreCase));
    }

    private static string Bounded(string gold) => gold.Length <= LongestQuoted ? gold : string.Concat(gold.AsSpan(0, LongestQuoted), "...");
}
