namespace Mel.Runtime;

/// <summary>
/// How much of the output head is worked on at a time. <c>TokenLogProbs.FromHidden</c> and the estimate of its memory both use these sizes.
/// </summary>
internal static class HeadSizes
{
    /// <summary>
    /// Number of logits of a block. A block of float32 logits still lies in the last cache when the product that wrote it is followed by the one that reads it.
    /// </summary>
    public const long BlockElements = 1 << 22;

    /// <summary>Rows whose blocks of logits are worked on together; a block is cut to <see cref="BlockElements"/>, however many rows there are.</summary>
    public const long ChunkRows = 2048;

    /// <summary>
    /// Memory for all logits of the rows that <c>TokenLogProbs.WithGradient</c> works on together. Each further set of rows reads and writes the head's
    /// gradient once more.
    /// </summary>
    public const long GradientChunkBytes = 64L << 20;
}
