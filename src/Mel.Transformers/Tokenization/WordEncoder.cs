using System.Runtime.InteropServices;
using Mel.Transformers.Tokenization.PreTokenizers;

namespace Mel.Transformers.Tokenization;

/// <summary>The last step: makes the tokens of a word, or finds them among those of words seen before.</summary>
internal abstract class WordEncoder : PieceStep
{
    private readonly WordCache _cache = new();
    private long _dropped;

    /// <summary>How many bytes of text were left out so far, because nothing in the vocabulary stands for them.</summary>
    public long DroppedBytes => Volatile.Read(ref _dropped);

    public sealed override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
    {
        if (piece.Length > WordCache.LongestWord)
        {
            Count(Encode(piece, tokens));
            return;
        }
        int slot = WordCache.SlotOf(piece);
        if (_cache.TryAppend(slot, piece, tokens)) return;
        int before = tokens.Count;
        int dropped = Encode(piece, tokens);
        if (dropped > 0) Count(dropped);
        else _cache.Keep(slot, piece, CollectionsMarshal.AsSpan(tokens)[before..]);
    }

    /// <summary>Appends the tokens of a word.</summary>
    /// <returns>How many bytes of the word were left out.</returns>
    protected abstract int Encode(ReadOnlySpan<char> word, List<int> tokens);

    private void Count(int dropped)
    {
        if (dropped > 0) Interlocked.Add(ref _dropped, dropped);
    }
}
