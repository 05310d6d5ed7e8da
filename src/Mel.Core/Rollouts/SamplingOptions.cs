using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Rollouts;

/// <summary>How tokens are drawn. The transforms apply in the order of Hugging Face: temperature, top-k, top-p, min-p.</summary>
public sealed class SamplingOptions
{
    /// <summary>Divides the logits, in [0.0001, 100]; 0 means greedy decoding.</summary>
    /// <value>The default is 1, the temperature of the paper's rollouts.</value>
    public double Temperature { get; set; } = 1.0;

    /// <summary>Keeps the k most probable tokens; 0 keeps all.</summary>
    /// <value>The default is 0.</value>
    public int TopK { get; set; }

    /// <summary>Keeps the smallest set of most probable tokens whose probability reaches this sum, in (0, 1].</summary>
    /// <value>The default is 1, which keeps all.</value>
    public double TopP { get; set; } = 1.0;

    /// <summary>Drops tokens less probable than this share of the most probable one, in [0, 1).</summary>
    /// <value>The default is 0, which drops none.</value>
    public double MinP { get; set; }

    /// <summary>Largest number of sampled tokens per trajectory, the stop token included.</summary>
    /// <value>The default is 1024.</value>
    public int MaxTokens { get; set; } = 1024;

    /// <summary>Whether some tokens cannot be drawn, so that recorded log-probabilities are those of a truncated distribution.</summary>
    public bool Truncates => TopK > 0 || TopP < 1 || MinP > 0;

    /// <summary>A checked copy.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message lists all that are.</exception>
    public SamplingOptions Checked() => OptionRules.Checked(this, new SamplingOptionsValidator());
}

internal sealed class SamplingOptionsValidator : IValidateOptions<SamplingOptions>
{
    public ValidateOptionsResult Validate(string? name, SamplingOptions options)
    {
        OptionRules rules = new();
        rules.Temperature(options.Temperature, nameof(options.Temperature));
        rules.AtLeast(options.TopK, 0, nameof(options.TopK));
        rules.Require(options.TopP is > 0 and <= 1, nameof(options.TopP), $"must be within (0, 1], got {options.TopP}");
        rules.Require(options.MinP is >= 0 and < 1, nameof(options.MinP), $"must be within [0, 1), got {options.MinP}");
        rules.AtLeast(options.MaxTokens, 1, nameof(options.MaxTokens));
        return rules.Result;
    }
}
