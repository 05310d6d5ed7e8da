using Mel.Runtime;
using Mel.Transformers.Models;
using Mel.Transformers.Sampling;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>How a <see cref="TransformerPolicy"/> is loaded and bounded. Read once, when the policy is made.</summary>
public sealed class TransformerPolicyOptions
{
    /// <summary>Tokens that end a response.</summary>
    /// <value>The default is null, which takes all that the model's folder names; an empty list takes none.</value>
    public IReadOnlyList<int>? StopTokenIds { get; set; }

    /// <summary>Largest number of tokens of prompt and response together, at most the model's own context.</summary>
    /// <value>The default is null, which takes the model's own context.</value>
    public int? ContextTokens { get; set; }

    /// <summary>Memory of the key-value cache while sampling, bytes. Sequences beyond it wait; the cache never grows.</summary>
    /// <value>The default is 4 GiB.</value>
    public long CacheBytes { get; set; } = 4L << 30;

    /// <summary>Largest number of sequences that are sampled at once.</summary>
    /// <value>The default is 512.</value>
    public int ConcurrentSequences { get; set; } = 512;

    /// <summary>Prompt tokens that pass through the model at once, which bounds the memory of activations; a longer prompt passes alone.</summary>
    /// <value>The default is 8,192.</value>
    public int PrefillTokens { get; set; } = 8192;

    /// <summary>Element type of the weights in memory.</summary>
    /// <value>The default is null: float32, in which bfloat16 checkpoints are exact.</value>
    public ScalarType? DataType { get; set; }

    /// <summary>Where the model lies.</summary>
    /// <value>The default is null: the CPU.</value>
    public Device? Device { get; set; }

    /// <summary>Told whenever a trajectory ends while sampling, on the thread that samples.</summary>
    /// <value>The default is null.</value>
    public IProgress<SamplingProgress>? Progress { get; set; }
}

/// <summary>Checks <see cref="TransformerPolicyOptions"/> against the model they are for.</summary>
internal sealed class TransformerPolicyOptionsValidator(ModelConfig model) : IValidateOptions<TransformerPolicyOptions>
{
    public ValidateOptionsResult Validate(string? name, TransformerPolicyOptions options)
    {
        var rules = new OptionRules();
        if (options.ContextTokens is { } context)
        {
            rules.Require(context >= 2 && context <= model.ContextTokens, nameof(options.ContextTokens),
                $"must be within [2, {model.ContextTokens}], where the context of the model ends, got {context}");
        }

        rules.AtLeast(options.CacheBytes, 1, nameof(options.CacheBytes));
        rules.AtLeast(options.ConcurrentSequences, 1, nameof(options.ConcurrentSequences));
        rules.AtLeast(options.PrefillTokens, 1, nameof(options.PrefillTokens));
        foreach (int stop in options.StopTokenIds ?? [])
        {
            rules.Require((uint)stop < (uint)model.VocabularySize, nameof(options.StopTokenIds),
                $"must hold ids of the vocabulary, from 0 to {model.VocabularySize - 1}, got {stop}");
        }

        return rules.Result;
    }
}
