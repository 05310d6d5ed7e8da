using System.Buffers;
using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>Makes the tokens of a word from its UTF-8 bytes.</summary>
/// <param name="idOfByte">The token id of each of the 256 bytes, or -1 for a byte that has none and is left out.</param>
/// <param name="merger">Merges them.</param>
/// <param name="wholeWords">Words that are one token without any merging (<c>ignore_merges</c>), or null when merges decide alone.</param>
internal sealed class ByteWordEncoder(int[] idOfByte, BytePairMerger merger, VocabularyWords? wholeWords) : WordEncoder
{
    protected override int Encode(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (word.Length <= WordCache.LongestWord)
        {
            Span<byte> utf8 = stackalloc byte[3 * WordCache.LongestWord];
            return Encode(utf8[..Encoding.UTF8.GetBytes(word, utf8)], tokens);
        }
        byte[] rented = ArrayPool<byte>.Shared.Rent(3 * word.Length);
        int dropped = Encode(rented.AsSpan(0, Encoding.UTF8.GetBytes(word, rented)), tokens);
        ArrayPool<byte>.Shared.Return(rented);
        return dropped;
    }

    private int Encode(ReadOnlySpan<byte> word, List<int> tokens)
    {
        if (wholeWords is not null && wholeWords.TryGet(word, out int whole))
        {
            tokens.Add(whole);
            return 0;
        }
        if (word.Length <= BytePairMerger.ScanLimit) return Merge(word, stackalloc int[word.Length], tokens);
        int[] rented = ArrayPool<int>.Shared.Rent(word.Length);
        int dropped = Merge(word, rented, tokens);
        ArrayPool<int>.Shared.Return(rented);
        return dropped;
    }

    private int Merge(ReadOnlySpan<byte> word, Span<int> ids, List<int> tokens)
    {
        int count = 0;
        foreach (byte value in word)
        {
            if (idOfByte[value] is >= 0 and var id) ids[count++] = id;
        }
        merger.Merge(ids[..count], tokens);
        return word.Length - count;
    }
}
