using System.Buffers;

namespace Mel.Transformers.Tokenization;

/// <summary>A token that stands outside the byte-pair vocabulary and is recognized by its text wherever that occurs, such as <c>&lt;|im_end|&gt;</c>.</summary>
/// <param name="Id">Its token id.</param>
/// <param name="Text">Its text, never empty.</param>
/// <param name="IsSpecial">Whether decoding drops it when special tokens are skipped; <c>&lt;think&gt;</c>, for one, is added but not special.</param>
public sealed record AddedToken(int Id, string Text, bool IsSpecial);

/// <summary>Finds added tokens in text: leftmost first, and the longest of those that start at one place.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly SearchValues<string> _texts;
    private readonly (string Text, int Id)[] _longestFirst;

    /// <summary>Creates a matcher.</summary>
    /// <param name="tokens">Texts, none empty, and their ids.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, int Id)> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Text.Length)];
        _texts = SearchValues.Create([.. _longestFirst.Select(token => token.Text)], StringComparison.Ordinal);
    }

    /// <summary>The first occurrence at or after an index, or false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length, out int id)
    {
        start = text[from..].IndexOfAny(_texts);
        (length, id) = (0, -1);
        if (start < 0) return false;
        start += from;
        foreach ((string token, int tokenId) in _longestFirst)
        {
            if (!text[start..].StartsWith(token, StringComparison.Ordinal)) continue;
            (length, id) = (token.Length, tokenId);
            return true;
        }
        throw new InvalidOperationException("A token was found in the text that none of the tokens starts with.");
    }
}
