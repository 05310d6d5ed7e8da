using Mel.Transformers.Sampling;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>How a <see cref="TransformerPolicy"/> is loaded and bounded. Read once, when the policy is made.</summary>
public sealed record TransformerPolicyOptions
{
    /// <summary>Tokens that end a response; null takes those of the model's <c>generation_config.json</c> or <c>config.json</c>.</summary>
    /// <value>The default is null.</value>
    public IReadOnlyList<int>? StopTokenIds { get; init; }

    /// <summary>Largest number of tokens of prompt and response together; null takes the model's own context, which is also the upper bound.</summary>
    /// <value>The default is null.</value>
    public int? ContextTokens { get; init; }

    /// <summary>Memory of the key-value cache while sampling, bytes. Sequences beyond it wait; the cache never grows.</summary>
    /// <value>The default is 4 GiB.</value>
    public long CacheBytes { get; init; } = 4L << 30;

    /// <summary>Largest number of sequences that are sampled at once.</summary>
    /// <value>The default is 512.</value>
    public int ConcurrentSequences { get; init; } = 512;

    /// <summary>Prompt tokens that pass through the model at once, which bounds the memory of activations; a longer prompt passes alone.</summary>
    /// <value>The default is 8,192.</value>
    public int PrefillTokens { get; init; } = 8192;

    /// <summary>Element type of the weights in memory.</summary>
    /// <value>The default is null: float32, in which bfloat16 checkpoints are exact.</value>
    public ScalarType? DataType { get; init; }

    /// <summary>Where the model lies.</summary>
    /// <value>The default is null: the CPU.</value>
    public Device? Device { get; init; }

    /// <summary>Told whenever a trajectory ends while sampling, on the thread that samples.</summary>
    /// <value>The default is null.</value>
    public IProgress<SamplingProgress>? Progress { get; init; }
}
