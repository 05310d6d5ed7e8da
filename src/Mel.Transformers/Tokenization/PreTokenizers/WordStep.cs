namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>
/// Cuts a piece into words as the expression of Qwen's and Llama's files does, which matches every character: a <see cref="SplitStep"/> made for it.
/// </summary>
/// <param name="splitter">Finds the ends of words.</param>
/// <param name="next">The next step.</param>
internal sealed class WordStep(WordSplitter splitter, PieceStep next) : PieceStep
{
    public override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
    {
        for (int start = 0; start < piece.Length;)
        {
            int end = splitter.EndOfWord(piece, start);
            next.Accept(piece[start..end], isFirst && start == 0, tokens);
            start = end;
        }
    }
}
