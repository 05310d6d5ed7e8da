using System.Buffers;
using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>An answer as text and, where it parses, as an expression.</summary>
internal sealed class ParsedAnswer
{
    private static readonly string[] Strikes = ["\\cancel{", "\\xcancel{", "\\bcancel{", "\\sout{", "\\st{"];

    private const int LongestPhrase = 80;

    private static readonly SearchValues<char> Formula = SearchValues.Create("=<>^_[]|+*\"`@#");

    private ParsedAnswer(string text, Node? node, ParseStatus status, Node? products = null)
    {
        Text = text;
        Node = node;
        Status = status;
        Products = products;
    }

    /// <summary>The normalized text.</summary>
    public string Text { get; }

    public Node? Node { get; }

    /// <summary>The expression with its short runs of letters read as products of variables, where that may differ: 3mg.</summary>
    public Node? Products { get; }

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
        if (Hedges.In(text)) return Words(whole, text);
        text = LeadIns.WithoutRemark(text);
        ParseStatus status = Parser.Parse(text, limits, LetterReading.Words, out Node? node, out bool ambiguous);
        if (ambiguous && status != ParseStatus.LimitExceeded
            && Parser.Parse(text, limits, LetterReading.Products, out Node? products, out _) == ParseStatus.Parsed)
            return new ParsedAnswer(text, node ?? products, ParseStatus.Parsed, node is null ? null : products);
        return status == ParseStatus.Malformed ? Words(whole, text) : new ParsedAnswer(text, node, status);
    }

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

    // words behind a lead-in are an answer, unless the sentence ends in a full stop
    private static ParsedAnswer Words(string whole, string text)
        => (text.Length < whole.Length && !whole.EndsWith('.') || IsWords(whole)) && IsWords(text)
            ? new ParsedAnswer(text, Nodes.Text(text), ParseStatus.Parsed) : Unread(text);

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
        if (bare.Length <= LongestPhrase && AnswerText.Flatten(bare) is var flat
            && (AnswerText.MeansNothing(flat) || AnswerText.MeansNoLimit(flat))) return true;
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
