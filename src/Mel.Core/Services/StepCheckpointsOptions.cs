using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Services;

/// <summary>Which checkpoints of earlier steps are kept.</summary>
public sealed class StepCheckpointsOptions
{
    /// <summary>Steps between two checkpoints that are kept.</summary>
    /// <value>The default is 50.</value>
    public int EverySteps { get; set; } = 50;

    /// <summary>How many are kept, the newest ones; 0 keeps all.</summary>
    /// <value>The default is 5.</value>
    public int Keep { get; set; } = 5;

    /// <summary>The folder that holds a folder per checkpoint; null takes <c>steps</c> in the checkpoint folder of the run.</summary>
    /// <value>The default is null.</value>
    public string? Folder { get; set; }
}

internal sealed class StepCheckpointsOptionsValidator : IValidateOptions<StepCheckpointsOptions>
{
    public ValidateOptionsResult Validate(string? name, StepCheckpointsOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.EverySteps, 1, nameof(options.EverySteps));
        rules.AtLeast(options.Keep, 0, nameof(options.Keep));
        rules.Require(options.Folder is null || options.Folder.Trim().Length > 0, nameof(options.Folder), "must not be empty; leave it out for the default");
        return rules.Result;
    }
}
