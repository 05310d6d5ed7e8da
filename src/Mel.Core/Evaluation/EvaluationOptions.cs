using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Evaluation;

/// <summary>How a sampler is evaluated; the defaults are the paper's.</summary>
public sealed class EvaluationOptions
{
    /// <summary>k: attempts per question for Avg@k and Pass@k; 0 leaves both out.</summary>
    /// <value>The default is 8.</value>
    public int Samples { get; set; } = 8;

    /// <summary>Temperature of those attempts.</summary>
    /// <value>The default is 0.6.</value>
    public double Temperature { get; set; } = 0.6;

    /// <summary>Largest number of tokens per attempt.</summary>
    /// <value>The default is 1024.</value>
    public int MaxTokens { get; set; } = 1024;

    /// <summary>Seed of the attempts.</summary>
    /// <value>The default is 0.</value>
    public ulong Seed { get; set; }
}

internal sealed class EvaluationOptionsValidator : IValidateOptions<EvaluationOptions>
{
    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.Samples, 0, nameof(options.Samples));
        rules.Temperature(options.Temperature, nameof(options.Temperature));
        rules.AtLeast(options.MaxTokens, 1, nameof(options.MaxTokens));
        return rules.Result;
    }
}
