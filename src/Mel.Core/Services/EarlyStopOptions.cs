using Mel.Diagnostics;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Services;

/// <summary>When a run stops before its last step.</summary>
public sealed class EarlyStopOptions
{
    /// <summary>The figure that decides. Steps that do not have it are passed over.</summary>
    /// <value>The default is <c>eval/pass_at_1</c>.</value>
    public string Figure { get; set; } = MetricNames.EvaluationPassAt1;

    /// <summary>Which of its values are better.</summary>
    /// <value>The default is <see cref="FigureDirection.Higher"/>.</value>
    public FigureDirection Direction { get; set; }

    /// <summary>
    /// How many values in a row may be no better than the best so far: evaluations, for a figure that every evaluation adds; steps, for one that every step
    /// has. Null sets no limit.
    /// </summary>
    /// <value>The default is 10.</value>
    public int? Patience { get; set; } = 10;

    /// <summary>By how much a value must be better than the best so far to count as better.</summary>
    /// <value>The default is 0.</value>
    public double MinimumChange { get; set; }

    /// <summary>The run stops when the figure is below this. Null sets no bound.</summary>
    /// <value>The default is null.</value>
    public double? StopBelow { get; set; }

    /// <summary>The run stops when the figure is above this. Null sets no bound.</summary>
    /// <value>The default is null.</value>
    public double? StopAbove { get; set; }
}

internal sealed class EarlyStopOptionsValidator : IValidateOptions<EarlyStopOptions>
{
    public ValidateOptionsResult Validate(string? name, EarlyStopOptions options)
    {
        OptionRules rules = new();
        rules.Require(!string.IsNullOrWhiteSpace(options.Figure), nameof(options.Figure), "must name a figure, for instance 'eval/pass_at_1'");
        rules.Defined(options.Direction, nameof(options.Direction));
        if (options.Patience is { } patience) rules.AtLeast(patience, 1, nameof(options.Patience));
        rules.AtLeast(options.MinimumChange, 0, nameof(options.MinimumChange));
        rules.Require(options.StopBelow is not { } low || double.IsFinite(low), nameof(options.StopBelow), $"must be a number, got {options.StopBelow}");
        rules.Require(options.StopAbove is not { } high || double.IsFinite(high), nameof(options.StopAbove), $"must be a number, got {options.StopAbove}");
        rules.Require(
            options.StopBelow is not { } below || options.StopAbove is not { } above || below <= above, nameof(options.StopBelow),
            $"must be at most {nameof(options.StopAbove)} = {options.StopAbove}, got {options.StopBelow}: every value would stop the run");
        rules.Require(
            options.Patience is not null || options.StopBelow is not null || options.StopAbove is not null, nameof(options.Patience),
            $"must be set where neither {nameof(options.StopBelow)} nor {nameof(options.StopAbove)} is: nothing would ever stop the run");
        return rules.Result;
    }
}
