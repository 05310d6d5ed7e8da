namespace Mel.Transformers.Packing;

/// <summary>
/// Tokens of several sequences, one after another without padding. Every layer but attention works on the flat rows; attention works within the segments.
/// Sequences may share the tokens that they begin with: these pass through the layers once, and attention sees them in each of its segments.
/// </summary>
internal sealed class PackedTokens
{
    private PackedTokens(int[] ids, int[] positions, Segment[] segments, SharedRows? shared = null)
    {
        (Ids, Positions, Segments, Shared) = (ids, positions, segments, shared);
        LongestSegment = segments.Max(s => s.Length);
        HasPast = segments.Any(s => s.Past > 0);
    }

    /// <summary>Token ids, [N].</summary>
    public int[] Ids { get; }

    /// <summary>Position of every token within its sequence, [N].</summary>
    public int[] Positions { get; }

    /// <summary>The sequences, in the order of their rows; where rows are shared, of the rows that attention works on.</summary>
    public Segment[] Segments { get; }

    /// <summary>The rows that attention works on, or null where these are the flat rows themselves.</summary>
    public SharedRows? Shared { get; }

    /// <summary>Tokens of the longest segment.</summary>
    public int LongestSegment { get; }

    /// <summary>Whether a segment continues what the cache holds.</summary>
    public bool HasPast { get; }

    /// <summary>Largest position plus one.</summary>
    public int PositionCount => Positions.Max() + 1;

    /// <summary>Whole sequences, longest first and otherwise in the order given, so that equal lengths lie together.</summary>
    /// <param name="sequences">Token ids of every sequence.</param>
    /// <param name="cacheRows">Cache row of every sequence, or null without a cache.</param>
    /// <param name="starts">Receives the first row of every sequence, in the order given.</param>
    public static PackedTokens Sequences(IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<int>? cacheRows, out int[] starts)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderByDescending(i => sequences[i].Length)];
        int count = sequences.Sum(s => s.Length);
        var (ids, positions, segments) = (new int[count], new int[count], new Segment[sequences.Count]);
        starts = new int[sequences.Count];
        int at = 0;
        for (int k = 0; k < order.Length; k++)
        {
            ReadOnlySpan<int> tokens = sequences[order[k]].Span;
            tokens.CopyTo(ids.AsSpan(at));
            for (int p = 0; p < tokens.Length; p++) positions[at + p] = p;
            segments[k] = new Segment(at, tokens.Length, 0, cacheRows?[order[k]] ?? 0);
            starts[order[k]] = at;
            at += tokens.Length;
        }

        return new PackedTokens(ids, positions, segments);
    }

    /// <summary>Sequences of a context and what follows it; a context that several have is there once.</summary>
    /// <param name="contexts">Token ids of the context of every sequence, at least one each.</param>
    /// <param name="rests">Token ids that follow it; may be empty.</param>
    /// <param name="rows">Receives, for every sequence, the row of the last token of its context and the first row of the rest.</param>
    public static PackedTokens Branches(
        IReadOnlyList<ReadOnlyMemory<int>> contexts, IReadOnlyList<ReadOnlyMemory<int>> rests, out (int Last, int After)[] rows)
    {
        BranchedRows branches = new(contexts, rests);
        rows = branches.Rows;
        return new PackedTokens([.. branches.Ids], [.. branches.Positions], branches.Segments, branches.Shared);
    }

    /// <summary>Pieces that continue what the cache holds; a piece of one token per sequence is a step of decoding.</summary>
    public static PackedTokens Continuations(int[] ids, Segment[] segments)
    {
        var positions = new int[ids.Length];
        foreach (Segment segment in segments)
        {
            for (int p = 0; p < segment.Length; p++) positions[segment.Start + p] = segment.Past + p;
        }

        return new PackedTokens(ids, positions, segments);
    }

    /// <summary>Cache row of every token, and the number of slots each sees.</summary>
    public (int[] CacheRows, int[] Visible) TokenSlots()
    {
        var (rows, visible) = (new int[Ids.Length], new int[Ids.Length]);
        foreach (Segment segment in Segments)
        {
            for (int p = 0; p < segment.Length; p++) (rows[segment.Start + p], visible[segment.Start + p]) = (segment.CacheRow, segment.Past + p + 1);
        }

        return (rows, visible);
    }
}

/// <summary>Consecutive tokens of one sequence within a flat batch.</summary>
/// <param name="Start">Row of the first token.</param>
/// <param name="Length">Number of tokens.</param>
/// <param name="Past">Number of tokens of the same sequence that the cache already holds; the position of the first token.</param>
/// <param name="CacheRow">Row of the cache that holds the sequence; unused without a cache.</param>
internal readonly record struct Segment(int Start, int Length, int Past = 0, int CacheRow = 0);
