namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>
/// A step on the way from text to tokens: it cuts or changes a piece of text and hands what comes of it to the next step. The last one makes tokens.
/// </summary>
internal abstract class PieceStep
{
    /// <summary>Takes a piece.</summary>
    /// <param name="piece">The piece, not empty.</param>
    /// <param name="isFirst">Whether the whole text starts with it.</param>
    /// <param name="tokens">Receives the tokens.</param>
    public abstract void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens);
}
