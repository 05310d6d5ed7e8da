using System.Text;
using Mel.Transformers.Tokenization;

namespace Mel.Samples.Miniature;

/// <summary>
/// One token per word. Text is words joined by single spaces, so that decoding an encoded text gives it back. The stop tokens are the special ones.
/// </summary>
public sealed class WordTokenizer : ITokenizer
{
    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Vocabulary.IdOf)];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true)
    {
        if (!textEnds.IsEmpty && textEnds.Length < tokenIds.Length)
            throw new ArgumentException(
                $"textEnds has room for {textEnds.Length} entries but there are {tokenIds.Length} tokens; give one per token, or none.", nameof(textEnds));
        var text = new StringBuilder();
        for (int i = 0; i < tokenIds.Length; i++)
        {
            if (Vocabulary.WordOf(tokenIds[i]) is { } word && !(skipSpecialTokens && Vocabulary.IsStop(tokenIds[i])))
                text.Append(text.Length == 0 ? "" : " ").Append(word);
            if (!textEnds.IsEmpty) textEnds[i] = text.Length;
        }
        return text.ToString();
    }
}
