namespace Mel.Transformers.Tokenization;

/// <summary>Finds the added tokens of a tokenizer in text: leftmost first, and the longest of those that start at one place.</summary>
internal sealed class TokenFinder
{
    private readonly TextMatcher _texts;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>Creates a finder of those added tokens that are looked for in the raw text, or of those that are looked for in the normalized one.</summary>
    public TokenFinder(TokenizerDefinition definition, bool normalized)
    {
        foreach (AddedToken token in definition.AddedTokens)
        {
            if (definition.NormalizedTokens.Contains(token.Id) == normalized)
                _ids.TryAdd(normalized && definition.ComposesText ? UnicodeText.Compose(token.Text) : token.Text, token.Id);
        }

        _texts = new TextMatcher(_ids.Keys);
    }

    /// <summary>The first occurrence at or after an index, or false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length, out int id)
    {
        string? found = _texts.Find(text, from, out start);
        (length, id) = found is null ? (0, -1) : (found.Length, _ids[found]);
        return found is not null;
    }
}
