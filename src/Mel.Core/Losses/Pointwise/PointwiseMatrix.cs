
namespace Mel.Losses;

/// <summary>Where <see cref="Pointwise"/> reads and writes: rows of native memory, which stays where it is, so that threads can share them out. What is absent is null.</summary>
internal readonly unsafe struct PointwiseMatrix<T>
    where T : unmanaged
{
    public required int Rows { get; init; }

    public required int Width { get; init; }

    public required T* LogProbs { get; init; }

    public required T* Other { get; init; }

    public required T* Advantages { get; init; }

    /// <summary>1 or <see cref="Width"/>.</summary>
    public required int AdvantagesPerRow { get; init; }

    public required T* Mask { get; init; }

    public required byte* Flags { get; init; }

    public T* Value { get; init; }

    public T* Slope { get; init; }

    public T* Ratio { get; init; }

    public byte* Low { get; init; }

    public byte* High { get; init; }

    /// <summary>The tokens of one trajectory.</summary>
    public PointwiseRow<T> Row(int row) => new()
    {
        LogProbs = At(LogProbs, row),
        Other = At(Other, row),
        Advantages = new(Advantages + (nint)row * AdvantagesPerRow, AdvantagesPerRow),
        Mask = At(Mask, row),
        Flags = At(Flags, row),
        Value = At(Value, row),
        Slope = At(Slope, row),
        Ratio = At(Ratio, row),
        Low = At(Low, row),
        High = At(High, row),
    };

    private Span<TItem> At<TItem>(TItem* all, int row)
        where TItem : unmanaged
        => all is null ? default : new(all + (nint)row * Width, Width);
}
