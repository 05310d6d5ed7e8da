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

    /// <summary>
    /// Questions per call of the sampler. The number changes no figure: what is recorded, and lost when the process is killed, comes in such portions.
    /// </summary>
    /// <value>The default is 128.</value>
    public int BatchQuestions { get; set; } = 128;

    /// <summary>
    /// File that every attempt is written to; see <see cref="EvaluationRecords"/>. Where it exists, the evaluation goes on behind what it holds, and is refused
    /// if sampler, verifier, data or settings differ. Null writes nothing.
    /// </summary>
    /// <value>The default is null.</value>
    public string? RecordsFile { get; set; }
}

internal sealed class EvaluationOptionsValidator : IValidateOptions<EvaluationOptions>
{
    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.Samples, 0, nameof(options.Samples));
        rules.Temperature(options.Temperature, nameof(options.Temperature));
        rules.AtLeast(options.MaxTokens, 1, nameof(options.MaxTokens));
        rules.AtLeast(options.BatchQuestions, 1, nameof(options.BatchQuestions));
        rules.Require(options.RecordsFile is null or { Length: > 0 }, nameof(options.RecordsFile), "is empty; give the path of a file, or null for none");
        return rules.Result;
    }
}
