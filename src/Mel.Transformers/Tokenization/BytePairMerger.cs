using System.Buffers;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Byte-pair encoding of one word: the neighboring pair of lowest rank (the leftmost of equals) is merged until no pair merges. A word of n tokens takes
/// O(n log n) time, whatever they are.
/// </summary>
/// <param name="merges">The merges.</param>
internal sealed class BytePairMerger(MergeTable merges)
{
    /// <summary>Up to here a scan over all ranks after every merge beats a queue; both give the same tokens.</summary>
    public const int ScanLimit = 96;

    /// <summary>Merges the tokens of a word and appends what is left of them.</summary>
    /// <param name="ids">The tokens of the word's bytes or characters; used up.</param>
    /// <param name="tokens">Receives the merged tokens.</param>
    public void Merge(Span<int> ids, List<int> tokens)
    {
        if (ids.Length <= ScanLimit) MergeByScan(ids, tokens);
        else MergeByQueue(ids, tokens);
    }

    private void MergeByScan(Span<int> ids, List<int> tokens)
    {
        Span<int> ranks = stackalloc int[ids.Length];      // of the pair that starts here
        int count = ids.Length;
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
    private void MergeByQueue(Span<int> ids, List<int> tokens)
    {
        const int none = -1;
        int length = ids.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(2 * length);
        Span<int> next = rented.AsSpan(0, length), previous = rented.AsSpan(length, length);
        var queue = new PriorityQueue<int, long>();
        for (int i = 0; i < length; i++)
        {
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
