namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>Puts a space before a piece that does not begin with one, as byte-level files ask for with <c>add_prefix_space</c>.</summary>
/// <param name="next">The next step.</param>
internal sealed class PrefixStep(PieceStep next) : PieceStep
{
    public override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
        => next.Accept(piece[0] == ' ' ? piece : string.Concat(" ", piece), isFirst, tokens);
}
