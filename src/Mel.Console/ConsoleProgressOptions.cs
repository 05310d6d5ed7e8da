using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Terminal;

/// <summary>Settings of <see cref="ConsoleProgress"/>.</summary>
public sealed class ConsoleProgressOptions
{
    /// <summary>Steps between two lines; the first and the last step have one too, and the status line of a terminal follows every step.</summary>
    /// <value>The default is 1.</value>
    public int StepsPerLine { get; set; } = 1;

    /// <summary>Number of last steps the remaining time is estimated from.</summary>
    /// <value>The default is 20.</value>
    public int EstimateFromSteps { get; set; } = 20;

    /// <summary>Text before every line, such as the name of the run.</summary>
    /// <value>The default is empty.</value>
    public string Label { get; set; } = "";
}

internal sealed class ConsoleProgressOptionsValidator : IValidateOptions<ConsoleProgressOptions>
{
    public ValidateOptionsResult Validate(string? name, ConsoleProgressOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.StepsPerLine, 1, nameof(options.StepsPerLine));
        rules.AtLeast(options.EstimateFromSteps, 1, nameof(options.EstimateFromSteps));
        rules.Require(options.Label is not null, nameof(options.Label), "must not be null; leave it out for none");
        return rules.Result;
    }
}
