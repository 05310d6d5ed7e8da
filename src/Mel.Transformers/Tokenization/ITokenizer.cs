namespace Mel.Transformers.Tokenization;

/// <summary>Text to token ids and back. Implementations are safe to use from several threads.</summary>
public interface ITokenizer
{
    /// <summary>The ids that stand for a text. Special tokens written out in the text become themselves; nothing is added around it.</summary>
    /// <param name="text">Any text; unpaired surrogates become U+FFFD.</param>
    IReadOnlyList<int> Encode(string text);

    /// <summary>The text that ids stand for. An id without a token stands for nothing, a cut UTF-8 character for U+FFFD.</summary>
    /// <param name="tokenIds">The ids, in order.</param>
    /// <param name="textEnds">
    /// Receives the length of the text, in UTF-16 units, once each id has been decoded, or is empty when that is not wanted. An id that ends inside a character
    /// reports the length before that character, so that <c>text[..textEnds[i]]</c> never changes with what follows.
    /// </param>
    /// <param name="skipSpecialTokens">Whether tokens marked as special leave no text.</param>
    string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true);
}
