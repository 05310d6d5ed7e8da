using Mel.Evaluation;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Services;

/// <summary>How often the policy of a run is evaluated, and how.</summary>
public sealed class PeriodicEvaluationOptions
{
    /// <summary>What stands in the names of the figures before the first step.</summary>
    internal const string Start = "start";

    /// <summary>Steps between two evaluations. The last step is evaluated in any case.</summary>
    /// <value>The default is 10.</value>
    public int EverySteps { get; set; } = 10;

    /// <summary>Whether the policy is also evaluated before the first step; those figures stand in the first step, as <c>eval/start/...</c>.</summary>
    /// <value>The default is false.</value>
    public bool BeforeFirstStep { get; set; }

    /// <summary>Name of the set of questions, which tells the figures of several evaluations apart: <c>eval/name/pass_at_1</c>. Null leaves it out.</summary>
    /// <value>The default is null.</value>
    public string? Name { get; set; }

    /// <summary>Attempts, temperature, token limit and seed. The seed is that of the evaluation alone, and the same in every evaluation.</summary>
    /// <value>The default is a greedy attempt at each question, and eight at temperature 0.6.</value>
    public EvaluationOptions Evaluation { get; set; } = new();
}

internal sealed class PeriodicEvaluationOptionsValidator : IValidateOptions<PeriodicEvaluationOptions>
{
    /// <summary>A checked copy, its nested options too.</summary>
    public static PeriodicEvaluationOptions Checked(PeriodicEvaluationOptions? options)
    {
        PeriodicEvaluationOptions copy = OptionRules.Checked(options, new PeriodicEvaluationOptionsValidator());
        copy.Evaluation = OptionRules.Checked(copy.Evaluation, new EvaluationOptionsValidator());
        return copy;
    }

    public ValidateOptionsResult Validate(string? name, PeriodicEvaluationOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.EverySteps, 1, nameof(options.EverySteps));
        rules.Require(
            options.Name is null || (options.Name is { Length: > 0 and <= 100 } and not PeriodicEvaluationOptions.Start
                && !options.Name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '/')),
            nameof(options.Name),
            $"must have 1 to 100 characters, no space and no '/', and not be '{PeriodicEvaluationOptions.Start}', got "
            + $"'{Excerpt.Of(options.Name ?? string.Empty)}'; leave it out for a single evaluation");
        rules.Require(options.Evaluation is not null, nameof(options.Evaluation), "must not be null; leave it out for the defaults");
        if (options.Evaluation is { } evaluation)
            rules.Nested(new EvaluationOptionsValidator().Validate(null, evaluation), nameof(options.Evaluation));
        return rules.Result;
    }
}
