namespace Mel.Transformers.Estimation;

/// <summary>
/// What a run will need, computed from the shapes alone. Memory is in bytes, work in floating-point operations (a multiplication and an addition are two).
/// </summary>
public sealed record ResourceEstimate
{
    /// <summary>Weights, adapters included.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Gradients of what trains, of all loss terms.</summary>
    public required long GradientBytes { get; init; }

    /// <summary>Two float32 moments per trained number, and a float32 master where the weight is narrower.</summary>
    public required long OptimizerBytes { get; init; }

    /// <summary>What a micro-batch keeps of its layers for the backward pass, and the layer that is worked on.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>Logits that are alive at one time while scoring or sampling, and what they are computed with.</summary>
    public required long LogitBytes { get; init; }

    /// <summary>Gradient of the head as the backward pass makes it, first of all and beside what earlier micro-batches have left.</summary>
    public required long HeadGradientBytes { get; init; }

    /// <summary>
    /// What the end of a backward pass holds, when the activations are gone: the head's gradient still, and that of the embedding where the two are not tied.
    /// </summary>
    public required long TransientBytes { get; init; }

    /// <summary>
    /// Memory that glibc's allocator holds free and cannot hand out again: about what two layers keep. It is 0 on other systems and devices.
    /// </summary>
    /// <remarks>With MALLOC_MMAP_THRESHOLD_=2097152 in the environment the allocator gives it back at once, which costs time.</remarks>
    public required long AllocatorBytes { get; init; }

    /// <summary>Key-value cache while sampling.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Peak of an update of several micro-batches, the runtime's own memory (about 250 MB) left out.</summary>
    public long TrainingBytes
        => WeightBytes + GradientBytes + OptimizerBytes + AllocatorBytes + Math.Max(ActivationBytes + LogitBytes + HeadGradientBytes, TransientBytes);

    /// <summary>Peak while sampling before the first update, the runtime's own memory left out.</summary>
    public long SamplingBytes => WeightBytes + CacheBytes + LogitBytes;

    /// <summary>Work of one training pass, forward and backward, over the tokens of the options.</summary>
    public required double TrainingOperations { get; init; }

    /// <summary>Work of drawing every token of the options once.</summary>
    public required double SamplingOperations { get; init; }

    /// <summary>Bytes of weights and cache that are read while those tokens are drawn, which bounds small batches.</summary>
    public required double SamplingTraffic { get; init; }

    /// <summary>Least time of a training pass.</summary>
    /// <param name="operationsPerSecond">Rate of matrix products of this machine in the type of the weights.</param>
    public TimeSpan TrainingTime(double operationsPerSecond) => TimeSpan.FromSeconds(TrainingOperations / operationsPerSecond);

    /// <summary>Least time of sampling: the slower of computing and reading.</summary>
    /// <param name="operationsPerSecond">Rate of matrix products of this machine in the type of the weights.</param>
    /// <param name="bytesPerSecond">Memory bandwidth of this machine.</param>
    public TimeSpan SamplingTime(double operationsPerSecond, double bytesPerSecond)
        => TimeSpan.FromSeconds(Math.Max(SamplingOperations / operationsPerSecond, SamplingTraffic / bytesPerSecond));
}
