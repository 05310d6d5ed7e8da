using System.Buffers;
using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>An answer as text and, where it parses, as an expression.</summary>
internal sealed class ParsedAnswer
{
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
        string whole = text;
        text = LeadIns.Strip(whole);
        if (Hedges.In(text)) return Words(whole, text);
        ParseStatus status = Parser.Parse(text, limits, LetterReading.Words, out Node? node, out bool ambiguous);
        if (ambiguous && status != ParseStatus.LimitExceeded
            && Parser.Parse(text, limits, LetterReading.Products, out Node? products, out _) == ParseStatus.Parsed)
            return new ParsedAnswer(text, node ?? products, ParseStatus.Parsed, node is null ? null : products);
        return status == ParseStatus.Malformed ? Words(whole, text) : new ParsedAnswer(text, node, status);
    }

    // an apostrophe between letters belongs to a word
    private static string Unquoted(string text)
    {
        if (!text.Contains('\'', StringComparison.Ordinal)) return text;
        System.Text.StringBuilder output = new(text.Length);
        for (int i = 0; i < text.Length; i++)
            if (text[i] != '\'' || i == 0 || i + 1 == text.Length || !char.IsLetter(text[i - 1]) || !char.IsLetter(text[i + 1])) output.Append(text[i]);
        return output.ToString();
    }

    private static ParsedAnswer Words(string whole, string text)
        => IsWords(whole) && IsWords(text) ? new ParsedAnswer(text, Nodes.Text(text), ParseStatus.Parsed) : Unread(text);

    private const int LongestPhrase = 80;

    private static readonly SearchValues<char> Formula = SearchValues.Create("=<>^_[]|+*'\"`@#");

    // A phrase of at most eight words, one of them of two letters or more; a sentence with a full stop is prose and no answer.
    private static bool IsWords(string text)
    {
        if (AnswerText.IsClockTime(text)) return true;
        if (Unquoted(text).AsSpan().ContainsAny(Formula) && !text.Contains("\\text", StringComparison.Ordinal) || !AnswerText.OnlyMarkup(text)) return false;
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
