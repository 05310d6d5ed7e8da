using Mel.Runtime;

namespace Mel.Prompts;

/// <summary>A finite set of questions repeated epoch after epoch, each epoch in an order of its own.</summary>
public sealed class PromptList : IPromptSource, IRunPart
{
    private readonly Lock _gate = new();
    private readonly ulong? _shuffleSeed;
    private long _epoch = -1;
    private int[] _order = [];

    /// <summary>Creates a source over the given prompts.</summary>
    /// <param name="prompts">The questions; at least one, with distinct ids.</param>
    /// <param name="shuffleSeed">Seed of the order of every epoch; null keeps the given order.</param>
    /// <exception cref="ArgumentException">The list is empty or an id occurs twice.</exception>
    public PromptList(IReadOnlyList<Prompt> prompts, ulong? shuffleSeed = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0) throw new ArgumentException("The list holds no prompt; training and evaluation need at least one.", nameof(prompts));
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (Prompt prompt in prompts)
        {
            if (!ids.Add(prompt.Id))
                throw new ArgumentException($"The prompt id '{prompt.Id}' occurs twice; ids name groups and seeds and must be distinct.", nameof(prompts));
        }

        Prompts = prompts;
        _shuffleSeed = shuffleSeed;
    }

    /// <summary>The questions in the order they were given.</summary>
    public IReadOnlyList<Prompt> Prompts { get; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        cancellationToken.ThrowIfCancellationRequested();
        Prompt[] taken = new Prompt[count];
        lock (_gate)
        {
            for (int i = 0; i < count; i++) taken[i] = At(position + i);
        }

        return ValueTask.FromResult<IReadOnlyList<Prompt>>(taken);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set("count", Prompts.Count);
        identity.Set("content", Prompt.DigestOf(Prompts));
        identity.Set("shuffleSeed", _shuffleSeed);
    }

    private Prompt At(long position)
    {
        (long epoch, long index) = Math.DivRem(position, Prompts.Count);
        if (_shuffleSeed is not { } seed) return Prompts[(int)index];
        if (epoch != _epoch)
        {
            _order = [.. Enumerable.Range(0, Prompts.Count)];
            new SplitMix64(SplitMix64.Derive(seed, (ulong)epoch)).Shuffle(_order.AsSpan());
            _epoch = epoch;
        }

        return Prompts[_order[index]];
    }
}
