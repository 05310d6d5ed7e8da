using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Terminal;

/// <summary>Settings of a <see cref="RunBoard"/>.</summary>
public sealed class RunBoardOptions
{
    /// <summary>Steps between two plain lines of a run where output is redirected; the first and the last step have one too.</summary>
    /// <value>The default is 1.</value>
    public int StepsPerLine { get; set; } = 1;

    /// <summary>Number of last steps the remaining time is estimated from.</summary>
    /// <value>The default is 20.</value>
    public int EstimateFromSteps { get; set; } = 20;
}

internal sealed class RunBoardOptionsValidator : IValidateOptions<RunBoardOptions>
{
    public ValidateOptionsResult Validate(string? name, RunBoardOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.StepsPerLine, 1, nameof(options.StepsPerLine));
        rules.AtLeast(options.EstimateFromSteps, 1, nameof(options.EstimateFromSteps));
        return rules.Result;
    }
}
