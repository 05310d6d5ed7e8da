using Mel.Runtime;

namespace Mel.Data;

/// <summary>
/// The order of one epoch: the blocks shuffled, then cut into windows of so many bytes; the rows of a window are shuffled among themselves. All of it follows
/// from the seed and the number of the epoch, so that a position is all that a run needs to go on.
/// </summary>
internal sealed class BlockOrder
{
    private readonly ulong? _seed;
    private readonly List<RowBlock[]> _windows = [];
    private readonly List<long> _starts = [];

    /// <param name="blocks">The blocks in the order of the files.</param>
    /// <param name="kept">How many prompts a block has.</param>
    /// <param name="windowBytes">The most bytes of a window of several blocks.</param>
    /// <param name="seed">The seed; null keeps the order.</param>
    /// <param name="epoch">The number of the epoch.</param>
    public BlockOrder(IEnumerable<RowBlock> blocks, Func<RowBlock, int> kept, long windowBytes, ulong? seed, long epoch)
    {
        Epoch = epoch;
        _seed = seed is { } given ? SplitMix64.Derive(given, (ulong)epoch) : null;
        RowBlock[] order = [.. blocks];
        if (_seed is { } shuffle) new SplitMix64(shuffle).Shuffle(order.AsSpan());
        List<RowBlock> window = [];
        long start = 0, bytes = 0, prompts = 0;
        foreach (RowBlock block in order)
        {
            if (window.Count > 0 && bytes + block.Bytes > windowBytes) Close();
            window.Add(block);
            bytes += block.Bytes;
            prompts += kept(block);
        }

        Close();

        void Close()
        {
            if (prompts > 0)
            {
                _windows.Add([.. window]);
                _starts.Add(start);
            }

            window.Clear();
            start += prompts;
            (bytes, prompts) = (0, 0);
        }
    }

    public long Epoch { get; }

    /// <summary>The window that holds a prompt of the epoch, and the position of its first one.</summary>
    public (int Window, long Start) Find(long prompt)
    {
        int at = _starts.BinarySearch(prompt);
        at = at < 0 ? ~at - 1 : at;
        return (at, _starts[at]);
    }

    /// <summary>The blocks of a window.</summary>
    public IReadOnlyList<RowBlock> Blocks(int window) => _windows[window];

    /// <summary>Brings what was read of a window into its order.</summary>
    public void Arrange<T>(int window, Span<T> prompts)
    {
        if (_seed is { } seed) new SplitMix64(SplitMix64.Derive(seed, (ulong)window + 1)).Shuffle(prompts);
    }
}
