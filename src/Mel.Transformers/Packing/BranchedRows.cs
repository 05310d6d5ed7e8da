using Mel.Runtime;

namespace Mel.Transformers.Packing;

/// <summary>Lays out sequences as branches: every context once, and after it what follows it in each sequence.</summary>
internal sealed class BranchedRows
{
    private readonly List<int> _attended = [], _first = [];

    /// <param name="contexts">Token ids of the context of every sequence.</param>
    /// <param name="rests">Token ids that follow it.</param>
    public BranchedRows(IReadOnlyList<ReadOnlyMemory<int>> contexts, IReadOnlyList<ReadOnlyMemory<int>> rests)
    {
        Rows = new (int, int)[contexts.Count];
        List<(int Sequence, int Start, int Length)> branches = [];
        foreach (IGrouping<ReadOnlyMemory<int>, int> alike in Enumerable.Range(0, contexts.Count).GroupBy(i => contexts[i], TokensComparer.Instance))
        {
            int start = Ids.Count, length = alike.Key.Length;
            Append(alike.Key.Span, 0);
            foreach (int i in alike)
            {
                Rows[i] = (start + length - 1, Ids.Count);
                Append(rests[i].Span, length);
            }

            // A sequence without a rest is its context, which any other of them holds too.
            int[] own = [.. alike.Where(i => !rests[i].IsEmpty)];
            branches.AddRange(own.Length == 0 ? [(alike.First(), start, length)] : own.Select(i => (i, start, length)));
        }

        _first.AddRange(Enumerable.Repeat(-1, Ids.Count));
        // Longest first, so that equal lengths lie together.
        Segments =
        [
            .. branches.OrderByDescending(b => b.Length + rests[b.Sequence].Length)
                .Select(b => Attend(b.Start, b.Length, Rows[b.Sequence].After, rests[b.Sequence].Length)),
        ];
        Shared = new SharedRows([.. _attended], [.. _first]);
    }

    public List<int> Ids { get; } = [];

    public List<int> Positions { get; } = [];

    public (int Last, int After)[] Rows { get; }

    public Segment[] Segments { get; }

    public SharedRows Shared { get; }

    private void Append(ReadOnlySpan<int> ids, int position)
    {
        foreach (int id in ids)
        {
            Ids.Add(id);
            Positions.Add(position++);
        }
    }

    private Segment Attend(int context, int contextLength, int rest, int restLength)
    {
        int start = _attended.Count;
        for (int i = 0; i < contextLength + restLength; i++)
        {
            int row = i < contextLength ? context + i : rest + i - contextLength;
            if (_first[row] < 0) _first[row] = start + i;
            _attended.Add(row);
        }

        return new Segment(start, contextLength + restLength);
    }
}

/// <summary>Which flat rows attention works on, and which of its results are wanted.</summary>
/// <param name="Attended">The flat row of every row that attention works on; a shared row occurs in several segments.</param>
/// <param name="First">For every flat row, the first row of attention that shows it: what a shared row sees is the same in each.</param>
internal sealed record SharedRows(int[] Attended, int[] First);
