using System.Text;
using Mel.Transformers.Expressions;
using Mel.Transformers.Tokenization.Normalizers;

namespace Mel.Transformers.Tokenization;

/// <summary>Finds added tokens in text: leftmost first, and the longest of those that start at one place.</summary>
internal sealed class TokenFinder
{
    private readonly TextMatcher _texts;
    private readonly Dictionary<string, AddedTokenRule> _rules = new(StringComparer.Ordinal);

    /// <summary>Creates a finder.</summary>
    /// <param name="rules">The added tokens.</param>
    /// <param name="normalizer">What changes the text of a token before it is looked for, or null.</param>
    public TokenFinder(IEnumerable<AddedTokenRule> rules, Normalizer? normalizer)
    {
        foreach (AddedTokenRule rule in rules)
        {
            string text = rule.WrittenAs(normalizer);
            if (text.Length > 0) _rules.Add(text, rule);
        }

        _texts = new TextMatcher(_rules.Keys);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Where the search stands: the end of the token before, without the white space that it took, and with it.</param>
    /// <param name="start">Where the token starts, with the white space that it takes.</param>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there is one; <paramref name="place"/> is then behind it.</returns>
    public bool TryFind(ReadOnlySpan<char> text, ref (int Search, int Taken) place, out int start, out int id)
    {
        while (_texts.Find(text, place.Search, out int found) is { } token)
        {
            AddedTokenRule rule = _rules[token];
            int end = place.Search = found + token.Length;
            if (rule.IsWord && (IsWordBefore(text[..found]) || IsWordAt(text[end..]))) continue;
            start = rule.StripsLeft ? Math.Max(text[..found].TrimEnd().Length, place.Taken) : found;
            if (rule.StripsRight) end = text.Length - text[end..].TrimStart().Length;
            if (start >= end) continue;      // other tokens have taken all of it
            place.Taken = end;
            id = rule.Token.Id;
            return true;
        }

        (start, id) = (-1, -1);
        return false;
    }

    private static bool IsWordBefore(ReadOnlySpan<char> text)
        => Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == System.Buffers.OperationStatus.Done && IsWord(rune);

    private static bool IsWordAt(ReadOnlySpan<char> text)
        => Rune.DecodeFromUtf16(text, out Rune rune, out _) == System.Buffers.OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => UnicodeProperties.IsWord(rune.Value);
}
