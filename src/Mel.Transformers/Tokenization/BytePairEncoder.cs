using System.Buffers;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Byte-pair encoding of one word: starting from its bytes, the neighboring pair of lowest rank (the leftmost of equals) is merged until no pair merges.
/// A word of n bytes takes O(n log n) time, whatever the bytes are.
/// </summary>
/// <param name="idOfByte">The token id of each of the 256 bytes.</param>
/// <param name="merges">The merges.</param>
/// <param name="wholeWords">Words that are one token without any merging (<c>ignore_merges</c>), or null when merges decide alone.</param>
internal sealed class BytePairEncoder(int[] idOfByte, MergeTable merges, VocabularyWords? wholeWords)
{
    // Up to here a scan over all ranks after every merge beats a queue; both give the same tokens.
    private const int ScanLimit = 96;

    /// <summary>Appends the tokens of a word.</summary>
    public void Encode(ReadOnlySpan<byte> word, List<int> tokens)
    {
        if (wholeWords is not null && wholeWords.TryGet(word, out int whole)) tokens.Add(whole);
        else if (word.Length <= ScanLimit) EncodeByScan(word, tokens);
        else EncodeByQueue(word, tokens);
    }

    private void EncodeByScan(ReadOnlySpan<byte> word, List<int> tokens)
    {
        Span<int> ids = stackalloc int[word.Length];
        Span<int> ranks = stackalloc int[word.Length];      // of the pair that starts here
        int count = word.Length;
        for (int i = 0; i < count; i++) ids[i] = idOfByte[word[i]];
        for (int i = 0; i + 1 < count; i++) ranks[i] = merges.Rank(ids[i], ids[i + 1]);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[best]) best = i;
            }
            if (ranks[best] == MergeTable.NoMerge) break;
            ids[best] = merges.Merged(ids[best], ids[best + 1]);
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            count--;
            ranks[(best + 1)..count].CopyTo(ranks[best..]);
            if (best > 0) ranks[best - 1] = merges.Rank(ids[best - 1], ids[best]);
            if (best + 1 < count) ranks[best] = merges.Rank(ids[best], ids[best + 1]);
        }
        tokens.AddRange((ReadOnlySpan<int>)ids[..count]);
    }

    /// <summary>
    /// A linked list of tokens and a queue of mergeable pairs; entries whose pair has changed since are recognized by their rank and dropped.
    /// </summary>
    private void EncodeByQueue(ReadOnlySpan<byte> word, List<int> tokens)
    {
        const int none = -1;
        int length = word.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(3 * length);
        Span<int> ids = rented.AsSpan(0, length), next = rented.AsSpan(length, length), previous = rented.AsSpan(2 * length, length);
        var queue = new PriorityQueue<int, long>();
        for (int i = 0; i < length; i++)
        {
            ids[i] = idOfByte[word[i]];
            next[i] = i + 1 < length ? i + 1 : none;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < length; i++) Enqueue(queue, ids, next, i);

        while (queue.TryDequeue(out int at, out long order))
        {
            if (ids[at] < 0 || next[at] == none || merges.Rank(ids[at], ids[next[at]]) != (int)(order >> 32)) continue;
            int absorbed = next[at];
            ids[at] = merges.Merged(ids[at], ids[absorbed]);
            ids[absorbed] = none;
            next[at] = next[absorbed];
            if (next[at] != none)
            {
                previous[next[at]] = at;
                Enqueue(queue, ids, next, at);
            }
            if (previous[at] != none) Enqueue(queue, ids, next, previous[at]);
        }
        for (int i = 0; i != none; i = next[i]) tokens.Add(ids[i]);
        ArrayPool<int>.Shared.Return(rented);
    }

    private void Enqueue(PriorityQueue<int, long> queue, ReadOnlySpan<int> ids, ReadOnlySpan<int> next, int at)
    {
        int rank = merges.Rank(ids[at], ids[next[at]]);
        if (rank != MergeTable.NoMerge) queue.Enqueue(at, ((long)rank << 32) | (uint)at);
    }
}
