using Mel.Runtime;
using Mel.Transformers.Models;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Estimation;

/// <summary>The sizes of a run that its memory and time follow from.</summary>
public sealed class ResourceEstimateOptions
{
    /// <summary>Tokens of prompt and response together, of one sequence.</summary>
    /// <value>The default is 1,024.</value>
    public int SequenceTokens { get; set; } = 1024;

    /// <summary>Tokens of the prompt among them.</summary>
    /// <value>The default is 128.</value>
    public int PromptTokens { get; set; } = 128;

    /// <summary>Sequences of one micro-batch: those whose activations live at one time.</summary>
    /// <value>The default is 1.</value>
    public int MicroBatchSequences { get; set; } = 1;

    /// <summary>Gradients that are kept at one time: one, and one more for each term that is scaled relative to another's gradient.</summary>
    /// <value>The default is 1.</value>
    public int GradientCopies { get; set; } = 1;

    /// <summary>Sequences that are sampled at once.</summary>
    /// <value>The default is 8.</value>
    public int SampledSequences { get; set; } = 8;
}

/// <summary>Checks <see cref="ResourceEstimateOptions"/> against the model they are for.</summary>
internal sealed class ResourceEstimateOptionsValidator(ModelConfig model) : IValidateOptions<ResourceEstimateOptions>
{
    public ValidateOptionsResult Validate(string? name, ResourceEstimateOptions options)
    {
        var rules = new OptionRules();
        rules.Require(options.SequenceTokens >= 2 && options.SequenceTokens <= model.ContextTokens, nameof(options.SequenceTokens),
            $"must be within [2, {model.ContextTokens}], where the context of the model ends, got {options.SequenceTokens}");
        rules.Require(options.PromptTokens >= 1 && options.PromptTokens < options.SequenceTokens, nameof(options.PromptTokens),
            $"must be at least 1 and less than SequenceTokens, {options.SequenceTokens}, got {options.PromptTokens}");
        rules.AtLeast(options.MicroBatchSequences, 1, nameof(options.MicroBatchSequences));
        rules.AtLeast(options.GradientCopies, 1, nameof(options.GradientCopies));
        rules.AtLeast(options.SampledSequences, 1, nameof(options.SampledSequences));
        return rules.Result;
    }
}
