namespace Mel.Losses;

/// <summary>Where <see cref="PointwiseLoop"/> reads and writes: the tokens of one trajectory, or a part of them. An output that is not wanted is empty.</summary>
internal readonly ref struct PointwiseRow<T>
    where T : unmanaged
{
    public required ReadOnlySpan<T> LogProbs { get; init; }

    /// <summary>What is subtracted from the log-probs.</summary>
    public required ReadOnlySpan<T> Other { get; init; }

    /// <summary>One per token, or one per trajectory.</summary>
    public required ReadOnlySpan<T> Advantages { get; init; }

    /// <summary>The mask as numbers; empty where it is given as <see cref="Flags"/>.</summary>
    public required ReadOnlySpan<T> Mask { get; init; }

    /// <summary>The mask as bytes 0 and 1; empty where it is given as <see cref="Mask"/>.</summary>
    public required ReadOnlySpan<byte> Flags { get; init; }

    public Span<T> Value { get; init; }

    public Span<T> Slope { get; init; }

    public Span<T> Ratio { get; init; }

    public Span<byte> Low { get; init; }

    public Span<byte> High { get; init; }

    /// <summary>The same without outputs.</summary>
    public PointwiseRow<T> Inputs => new() { LogProbs = LogProbs, Other = Other, Advantages = Advantages, Mask = Mask, Flags = Flags };

    /// <summary>A part of the trajectory.</summary>
    /// <param name="start">First token.</param>
    /// <param name="length">Tokens.</param>
    /// <param name="advantages">The advantage or advantages that belong to them.</param>
    public PointwiseRow<T> Slice(int start, int length, ReadOnlySpan<T> advantages) => new()
    {
        LogProbs = LogProbs.Slice(start, length),
        Other = Other.Slice(start, length),
        Advantages = advantages,
        Mask = Mask.IsEmpty ? default : Mask.Slice(start, length),
        Flags = Flags.IsEmpty ? default : Flags.Slice(start, length),
        Value = Part(Value, start, length),
        Slope = Part(Slope, start, length),
        Ratio = Part(Ratio, start, length),
        Low = Part(Low, start, length),
        High = Part(High, start, length),
    };

    private static Span<TItem> Part<TItem>(Span<TItem> all, int start, int length) => all.IsEmpty ? default : all.Slice(start, length);
}
