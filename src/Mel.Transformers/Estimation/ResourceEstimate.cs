namespace Mel.Transformers.Estimation;

/// <summary>
/// Memory and work of a run, computed from the shapes alone. Memory is in bytes. Work is in floating-point operations; a multiply-add counts as two.
/// </summary>
public sealed record ResourceEstimate
{
    /// <summary>Memory of the weights, adapters included.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Memory of the gradients of what trains, for all copies that the trainer holds.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>Memory of the optimizer: two float32 moments per trained number, and a float32 master where the weight is narrower.</summary>
    public required long OptimizerBytes { get; init; }

    /// <summary>Activations that a micro-batch keeps for its backward pass, and the working memory of one layer.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>Logits that exist at one time while scoring or sampling, and the buffers they are computed with.</summary>
    public required long LogitBytes { get; init; }

    /// <summary>Gradient of the head as a backward pass makes it, beside the gradient that earlier micro-batches have left.</summary>
    public required long HeadGradientBytes { get; init; }

    /// <summary>
    /// Memory at the end of a backward pass, when the activations are freed: the gradient of the head and, where the two are not tied, of the embedding.
    /// </summary>
    public required long TransientBytes { get; init; }

    /// <summary>
    /// Freed memory that glibc's allocator keeps but cannot reuse, because it lies in gaps that are too small. The estimate is the activations of two layers;
    /// 0 on other systems and devices.
    /// </summary>
    /// <remarks>With MALLOC_MMAP_THRESHOLD_=2097152 in the environment the allocator returns such memory to the system at once, which costs time.</remarks>
    public required long AllocatorBytes { get; init; }

    /// <summary>Memory of the key-value cache while sampling.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Memory of the one layer that is worked on where activations are recomputed; the logits of the head are gone by then.</summary>
    internal long RecomputedBytes { get; init; }

    /// <summary>Peak memory of an update of several micro-batches, without the runtime's own.</summary>
    public long TrainingBytes => WeightBytes + GradientBytes + OptimizerBytes + AllocatorBytes
        + Math.Max(ActivationBytes + LogitBytes + HeadGradientBytes - Math.Min(RecomputedBytes, LogitBytes), TransientBytes);

    /// <summary>Peak memory while sampling before the first update, without the runtime's own.</summary>
    public long SamplingBytes => WeightBytes + CacheBytes + LogitBytes;

    /// <summary>Work of one training pass, forward and backward, over the tokens of the options.</summary>
    public required double TrainingOperations { get; init; }

    /// <summary>Work of sampling every token of the options once.</summary>
    public required double SamplingOperations { get; init; }

    /// <summary>Bytes of weights and cache that are read while these tokens are sampled. Reading bounds the speed of small batches.</summary>
    public required double SamplingTraffic { get; init; }

    /// <summary>The least time a training pass can take.</summary>
    /// <param name="operationsPerSecond">Rate of matrix products of this machine in the type of the weights.</param>
    public TimeSpan TrainingTime(double operationsPerSecond) => TimeSpan.FromSeconds(TrainingOperations / operationsPerSecond);

    /// <summary>The least time sampling can take: the longer of the time to compute and the time to read.</summary>
    /// <param name="operationsPerSecond">Rate of matrix products of this machine in the type of the weights.</param>
    /// <param name="bytesPerSecond">Memory bandwidth of this machine.</param>
    public TimeSpan SamplingTime(double operationsPerSecond, double bytesPerSecond)
        => TimeSpan.FromSeconds(Math.Max(SamplingOperations / operationsPerSecond, SamplingTraffic / bytesPerSecond));
}
