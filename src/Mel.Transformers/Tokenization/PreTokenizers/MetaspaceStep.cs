using System.Buffers;

namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>Writes spaces as SentencePiece does, by a character that can be seen (U+2581), with one more before the text.</summary>
/// <param name="space">The character.</param>
/// <param name="prepends">Before which pieces one is put, where they do not begin with one.</param>
/// <param name="next">The next step.</param>
internal sealed class MetaspaceStep(char space, PrependScheme prepends, PieceStep next) : PieceStep
{
    public override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
    {
        bool prefix = prepends == PrependScheme.Always || (prepends == PrependScheme.First && isFirst);
        prefix &= piece[0] != ' ' && piece[0] != space;
        char[] rented = ArrayPool<char>.Shared.Rent(piece.Length + 1);
        int start = prefix ? 0 : 1;
        rented[0] = space;
        piece.Replace(rented.AsSpan(1), ' ', space);
        next.Accept(rented.AsSpan(start, piece.Length + 1 - start), isFirst, tokens);
        ArrayPool<char>.Shared.Return(rented);
    }
}

/// <summary>Before which pieces of text SentencePiece's space is put.</summary>
internal enum PrependScheme { Always, First, Never }
