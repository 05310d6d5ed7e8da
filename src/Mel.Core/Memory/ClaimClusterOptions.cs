using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Memory;

/// <summary>How alike two texts must be for <see cref="ClaimClusters"/> to take them for one, and how many are held.</summary>
public sealed class ClaimClusterOptions
{
    /// <summary>Cosine of two keys from which on they are one.</summary>
    /// <value>The default is 0.95: keys that are taken together in error contradict each other, and neither is trusted.</value>
    public double KeySimilarity { get; set; } = 0.95;

    /// <summary>Cosine of two answers from which on they are one; 1 takes only equal words for equal answers.</summary>
    /// <value>The default is 0.8.</value>
    public double AnswerSimilarity { get; set; } = 0.8;

    /// <summary>Largest number of clusters of keys, and of answers. Where there is no room for another, the one that was met longest ago is forgotten.</summary>
    /// <value>The default is 4096.</value>
    public int MaxClusters { get; set; } = 4096;

    /// <summary>Largest number of different words that are counted; a word beyond it counts as rare.</summary>
    /// <value>The default is 65536.</value>
    public int MaxWords { get; set; } = 65536;
}

internal sealed class ClaimClusterOptionsValidator : IValidateOptions<ClaimClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, ClaimClusterOptions options)
    {
        OptionRules rules = new();
        rules.Require(options.KeySimilarity is > 0 and <= 1, nameof(options.KeySimilarity), $"must be greater than 0 and at most 1, got {options.KeySimilarity}");
        rules.Require(
            options.AnswerSimilarity is > 0 and <= 1, nameof(options.AnswerSimilarity), $"must be greater than 0 and at most 1, got {options.AnswerSimilarity}");
        rules.AtLeast(options.MaxClusters, 1, nameof(options.MaxClusters));
        rules.AtLeast(options.MaxWords, 1, nameof(options.MaxWords));
        return rules.Result;
    }
}
