using System.Text;

namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>Spells a piece in the byte-level alphabet.</summary>
/// <param name="next">The next step.</param>
internal sealed class SpellStep(PieceStep next) : PieceStep
{
    public override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
    {
        var spelled = new StringBuilder(piece.Length + 16);
        foreach (Rune rune in piece.EnumerateRunes()) ByteLevelAlphabet.Append(rune, spelled);
        next.Accept(spelled.ToString(), isFirst, tokens);
    }
}
