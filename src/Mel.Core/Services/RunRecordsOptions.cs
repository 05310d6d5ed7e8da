using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Services;

/// <summary>What is written down of the trajectories and experiences of a run.</summary>
public sealed class RunRecordsOptions
{
    /// <summary>The folder of <c>rollouts.jsonl</c> and <c>experiences.jsonl</c>; null takes the checkpoint folder of the run.</summary>
    /// <value>The default is null.</value>
    public string? Folder { get; set; }

    /// <summary>Steps between two that are written down; the first step and the last are in any case.</summary>
    /// <value>The default is 1.</value>
    public int EverySteps { get; set; } = 1;

    /// <summary>Most groups of a step whose trajectories are written down, the first ones; 0 writes none.</summary>
    /// <value>The default is 8.</value>
    public int MostGroups { get; set; } = 8;

    /// <summary>Most characters of one text. Of a longer one the middle is left out.</summary>
    /// <value>The default is 8000.</value>
    public int MostCharacters { get; set; } = 8000;

    /// <summary>Whether each token has its end in the text, its log-probability, its log-ratios and its advantage written down.</summary>
    /// <value>The default is false.</value>
    public bool PerToken { get; set; }
}

internal sealed class RunRecordsOptionsValidator : IValidateOptions<RunRecordsOptions>
{
    private const int LeastCharacters = 100, MostCharacters = 1 << 20;

    public ValidateOptionsResult Validate(string? name, RunRecordsOptions options)
    {
        OptionRules rules = new();
        rules.Require(options.Folder is null || options.Folder.Trim().Length > 0, nameof(options.Folder), "must not be empty; leave it out for the default");
        rules.AtLeast(options.EverySteps, 1, nameof(options.EverySteps));
        rules.AtLeast(options.MostGroups, 0, nameof(options.MostGroups));
        rules.Require(
            options.MostCharacters is >= LeastCharacters and <= MostCharacters, nameof(options.MostCharacters),
            $"must be within [{LeastCharacters}, {MostCharacters}], got {options.MostCharacters}");
        return rules.Result;
    }
}
