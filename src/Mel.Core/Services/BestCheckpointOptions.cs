using Mel.Diagnostics;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Services;

/// <summary>Which checkpoint is kept as the best.</summary>
public sealed class BestCheckpointOptions
{
    /// <summary>The figure that decides. Steps that do not have it are passed over.</summary>
    /// <value>The default is <c>eval/pass_at_1</c>.</value>
    public string Figure { get; set; } = MetricNames.EvaluationPassAt1;

    /// <summary>Which of its values are better.</summary>
    /// <value>The default is <see cref="FigureDirection.Higher"/>.</value>
    public FigureDirection Direction { get; set; }

    /// <summary>By how much a value must be better than the best so far; of equal ones the first stays.</summary>
    /// <value>The default is 0.</value>
    public double MinimumChange { get; set; }

    /// <summary>The folder that holds the checkpoint; null takes <c>best</c> in the checkpoint folder of the run.</summary>
    /// <value>The default is null.</value>
    public string? Folder { get; set; }
}

internal sealed class BestCheckpointOptionsValidator : IValidateOptions<BestCheckpointOptions>
{
    public ValidateOptionsResult Validate(string? name, BestCheckpointOptions options)
    {
        OptionRules rules = new();
        rules.Require(!string.IsNullOrWhiteSpace(options.Figure), nameof(options.Figure), "must name a figure, for instance 'eval/pass_at_1'");
        rules.Defined(options.Direction, nameof(options.Direction));
        rules.AtLeast(options.MinimumChange, 0, nameof(options.MinimumChange));
        rules.Require(options.Folder is null || options.Folder.Trim().Length > 0, nameof(options.Folder), "must not be empty; leave it out for the default");
        return rules.Result;
    }
}
