namespace Mel.Runtime;

/// <summary>
/// How much of the output head is worked on at a time. <c>TokenLogProbs.FromHidden</c> goes by it, and so does the estimate of what that takes.
/// </summary>
internal static class HeadSizes
{
    /// <summary>
    /// Logits of a block, 16 MB of float32: in the last cache between the product that writes it and the one that reads it. Half as many cost 2 to 10 % of the
    /// time.
    /// </summary>
    public const long BlockElements = 1 << 22;

    /// <summary>Rows whose blocks of logits are worked on together; a block is cut to <see cref="BlockElements"/>, however many rows there are.</summary>
    public const long ChunkRows = 2048;

    /// <summary>
    /// Memory for all logits of the rows that <c>TokenLogProbs.WithGradient</c> works on together. Each further set of rows reads and writes the head's gradient once more.
    /// </summary>
    public const long GradientChunkBytes = 64L << 20;
}
