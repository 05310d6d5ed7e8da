using Mel.Data.Checks;
using Mel.Data.Files;
using Mel.Data.Layouts;
using Mel.Prompts;
using Mel.Runtime;

namespace Mel.Data;

/// <summary>
/// The prompts of data files, endless and addressed by position, read as they are needed. In memory are some thirty bytes a row and one window of prompts. The
/// position is the only state: a run that goes on at one sees what it would have seen.
/// </summary>
public sealed class DataPrompts : IPromptSource, IRunPart
{
    private readonly Lock _gate = new();
    private readonly DataFiles _files;
    private readonly DataOptions _options;
    private readonly List<RowBlock> _blocks;
    private readonly List<RowFate> _fates;
    private readonly string _content;
    private BlockOrder? _order;
    private int _window;
    private Prompt[] _prompts = [];

    private DataPrompts(DataFiles files, DataLayout layout, DataOptions options, DataScan scan, DataReport report)
        => (_files, Layout, _options, _blocks, _fates, _content, Report) = (files, layout, options, scan.Blocks, scan.Fates, scan.Content, report);

    /// <summary>Number of prompts of an epoch.</summary>
    public long Count => Report.Kept;

    /// <summary>Where the rows keep question and answer.</summary>
    public DataLayout Layout { get; }

    /// <summary>What the rows turned out to be.</summary>
    public DataReport Report { get; }

    /// <summary>Opens parquet files, or files with one JSON object a line, as one data set. All of them are read once, and checked.</summary>
    /// <param name="files">The files, at least one. They must not change while the data set is in use.</param>
    /// <param name="options">The defaults where null.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <exception cref="DataFormatException">A file is damaged, a row is not of the layout, or no row is left.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static Task<DataPrompts> OpenAsync(IReadOnlyList<string> files, DataOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0) throw new ArgumentException("There is no file; give at least one.", nameof(files));
        DataOptions read = OptionRules.Checked(options, new DataOptionsValidator());
        return Task.Run(() => Open([.. files], read, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new ValueTask<IReadOnlyList<Prompt>>(Task.Run<IReadOnlyList<Prompt>>(() => Take(position, count, cancellationToken), cancellationToken));
    }

    /// <summary>Reads all prompts, in the order of the files: for sets that fit in memory, such as those of an evaluation.</summary>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    public Task<IReadOnlyList<Prompt>> ReadAllAsync(CancellationToken cancellationToken = default)
        => Task.Run<IReadOnlyList<Prompt>>(() => Read(_blocks, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set("count", Count);
        identity.Set("content", _content);
        identity.Set("shuffleSeed", _options.ShuffleSeed);
        if (_options.ShuffleSeed is not null) identity.Set(nameof(_options.WindowBytes), _options.WindowBytes);
    }

    private static DataPrompts Open(string[] paths, DataOptions options, CancellationToken cancellationToken)
    {
        var files = new DataFiles(paths);
        DataLayout layout = options.Layout ?? files.Detect();
        using var scan = new DataScan(files, layout, options);
        DataReport report = scan.Run(cancellationToken);
        if (report.Kept == 0)
        {
            throw new DataFormatException(
                paths[0], 0, report.Rows == 0 ? "the files hold no row; at least one is needed." : $"no row is left: {report} At least one is needed.");
        }

        return new DataPrompts(files, layout, options, scan, report);
    }

    private Prompt[] Take(long position, int count, CancellationToken cancellationToken)
    {
        Prompt[] taken = new Prompt[count];
        lock (_gate)
        {
            for (int i = 0; i < count; i++)
            {
                (long epoch, long index) = Math.DivRem(position + i, Count);
                BlockOrder order = _order?.Epoch == epoch ? _order : OrderOf(epoch);
                (int window, long start) = order.Find(index);
                if (!ReferenceEquals(order, _order) || window != _window)
                {
                    // What was read before is let go first: there is one window in memory, not two.
                    (_order, _prompts) = (null, []);
                    _prompts = Load(order, window, cancellationToken);
                    (_order, _window) = (order, window);
                }

                taken[i] = _prompts[index - start];
            }
        }

        return taken;
    }

    private BlockOrder OrderOf(long epoch) => new(_blocks, KeptIn, _options.WindowBytes, _options.ShuffleSeed, epoch);

    private int KeptIn(RowBlock block)
    {
        int kept = 0;
        for (int i = 0; i < block.Rows; i++) kept += _fates[block.First + i] == RowFate.LeftOut ? 0 : 1;
        return kept;
    }

    private Prompt[] Load(BlockOrder order, int window, CancellationToken cancellationToken)
    {
        Prompt[] prompts = [.. Read(order.Blocks(window), cancellationToken)];
        order.Arrange(window, prompts.AsSpan());
        return prompts;
    }

    /// <summary>Reads blocks in the order of the files, whatever order they are given in.</summary>
    private List<Prompt> Read(IEnumerable<RowBlock> blocks, CancellationToken cancellationToken)
    {
        List<Prompt> prompts = [];
        foreach (IGrouping<int, RowBlock> file in blocks.OrderBy(b => b.First).GroupBy(b => b.File))
        {
            using IRowReader reader = _files.Open(file.Key, Layout);
            foreach (RowBlock block in file)
            {
                cancellationToken.ThrowIfCancellationRequested();
                prompts.AddRange(_files.Read(reader, block, Layout, _fates));
            }
        }

        return prompts;
    }
}
