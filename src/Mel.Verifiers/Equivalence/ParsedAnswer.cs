using System.Buffers;
using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>An answer as text and, where it parses, as an expression.</summary>
internal sealed class ParsedAnswer
{
    private ParsedAnswer(string text, Node? node, ParseStatus status)
    {
        Text = text;
        Node = node;
        Status = status;
    }

    /// <summary>The normalized text.</summary>
    public string Text { get; }

    public Node? Node { get; }

    public ParseStatus Status { get; }

    /// <summary>A text that is not to be read.</summary>
    public static ParsedAnswer Unread(string text) => new(text, null, ParseStatus.Malformed);

    public static ParsedAnswer Parse(string answer, VerifierLimits limits)
    {
        if (answer.Length > limits.AnswerCharacters) return new ParsedAnswer(answer, null, ParseStatus.LimitExceeded);
        string text = UnicodeForms.Normalize(answer).Trim();
        if (text.Length > 4 && text.StartsWith("**", StringComparison.Ordinal) && text.EndsWith("**", StringComparison.Ordinal)) text = text[2..^2].Trim();
        if (text.Length == 0) return new ParsedAnswer(text, null, ParseStatus.Malformed);
        if (WithoutStruck(text) is not { } whole) return new ParsedAnswer(text, null, ParseStatus.Malformed);
        text = LeadIns.Strip(whole);
        Node? node = null;
        bool hedged = Hedges.In(text);
        if (!hedged) text = LeadIns.WithoutRemark(text);
        ParseStatus status = hedged ? ParseStatus.Malformed : Parser.Parse(text, limits, out node);
        if (status != ParseStatus.Malformed) return new ParsedAnswer(text, node, status);
        // words behind a lead-in are an answer, unless the sentence ends in a full stop
        bool words = (text.Length < whole.Length && !whole.EndsWith('.') || IsWords(whole)) && IsWords(text);
        return words ? new ParsedAnswer(text, Nodes.Text(text), ParseStatus.Parsed) : new ParsedAnswer(text, null, status);
    }

    private static readonly string[] Strikes = ["\\cancel{", "\\xcancel{", "\\bcancel{", "\\sout{", "\\st{"];

    // What is struck out is not the answer; null where nothing is left or a stroke reaches into a formula.
    private static string? WithoutStruck(string text)
    {
        foreach (string strike in Strikes)
        {
            for (int at; (at = text.IndexOf(strike, StringComparison.Ordinal)) >= 0;)
            {
                int close = text.IndexOf('}', at);
                if (close < 0 || text.AsSpan(at + strike.Length, close - at - strike.Length).Contains('{')) return null;
                if (text.AsSpan(0, at).ContainsAny('{', '(')) return text;
                text = string.Concat(text.AsSpan(0, at), " ", text.AsSpan(close + 1)).Trim();
            }
        }
        return text.Length == 0 ? null : text;
    }

    private const int LongestPhrase = 80;

    private static readonly SearchValues<char> Formula = SearchValues.Create("=<>^_[]|+*\"`@#");

    // A phrase of at most eight words, one of them of two letters or more; a sentence with a full stop is prose and no answer.
    private static bool IsWords(string text)
    {
        if (text.Contains('?', StringComparison.Ordinal)) return false;
        if (AnswerText.IsClockTime(text)) return true;
        if (text.AsSpan().ContainsAny(Formula) && !text.Contains("\\text", StringComparison.Ordinal) || !AnswerText.OnlyMarkup(text)) return false;
        // an apostrophe stands in a name, a prime behind one
        for (int i = text.IndexOf('\'', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\'', i + 1))
            if (i == 0 || i + 1 == text.Length || !char.IsLetter(text[i - 1]) || !char.IsLetter(text[i + 1])) return false;
        string bare = text.Replace("$", "", StringComparison.Ordinal);
        if (bare.Length <= LongestPhrase && AnswerText.MeansNothing(AnswerText.Flatten(bare))) return true;
        int words = AnswerText.CountWords(bare);
        if (words is 0 or > 8) return false;
        if (words > 2 && bare.TrimEnd().EndsWith('.') && (words > 4 || bare.Contains(" is ", StringComparison.Ordinal))) return false;
        int run = 0;
        foreach (char c in bare)
        {
            run = char.IsLetter(c) ? run + 1 : 0;
            if (run >= 2) return true;
        }
        return false;
    }
}
