using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Experiences;

/// <summary>How meta-experiences are extracted and validated.</summary>
public sealed class ExperienceOptions
{
    /// <summary>Largest number of pairs compared per question.</summary>
    /// <value>The default is 1.</value>
    public int PairsPerPrompt { get; set; } = 1;

    /// <summary>Which pairs are compared.</summary>
    /// <value>The default is <see cref="PairSelection.Random"/>.</value>
    public PairSelection PairSelection { get; set; } = PairSelection.Random;

    /// <summary>Experiences are extracted in the first step and in every so many steps after it.</summary>
    /// <value>The default is 1: in every step.</value>
    public int EverySteps { get; set; } = 1;

    /// <summary>The last step in which experiences are extracted.</summary>
    /// <value>The default is null: the last step of the run.</value>
    public int? UntilStep { get; set; }

    /// <summary>Temperature at which the policy writes an experience.</summary>
    /// <value>The default is 1, the temperature of the rollouts.</value>
    public double ExtractionTemperature { get; set; } = 1.0;

    /// <summary>Largest number of tokens of an experience, the stop token included.</summary>
    /// <value>The default is 2048.</value>
    public int ExtractionMaxTokens { get; set; } = 2048;

    /// <summary>Whether a candidate must prove itself by replay (Eq. 6).</summary>
    /// <value>The default is true.</value>
    public bool Validate { get; set; } = true;

    /// <summary>Number of attempts made with a candidate in hand.</summary>
    /// <value>The default is 1.</value>
    public int ReplayCount { get; set; } = 1;

    /// <summary>How many of those attempts must be right.</summary>
    /// <value>The default is 1.</value>
    public int RequiredSuccesses { get; set; } = 1;

    /// <summary>Temperature of the replays.</summary>
    /// <value>The default is 1, the temperature of the rollouts.</value>
    public double ReplayTemperature { get; set; } = 1.0;

    /// <summary>Largest number of tokens of a replay, the stop token included.</summary>
    /// <value>The default is null: the token limit of the rollouts.</value>
    public int? ReplayMaxTokens { get; set; }

    /// <summary>Whether experiences are extracted in a step; 0 is outside a run, where they always are.</summary>
    internal bool IncludesStep(int step) => step == 0 || ((step - 1) % EverySteps == 0 && step <= (UntilStep ?? int.MaxValue));
}

internal sealed class ExperienceOptionsValidator : IValidateOptions<ExperienceOptions>
{
    public ValidateOptionsResult Validate(string? name, ExperienceOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.PairsPerPrompt, 1, nameof(options.PairsPerPrompt));
        rules.Defined(options.PairSelection, nameof(options.PairSelection));
        rules.AtLeast(options.EverySteps, 1, nameof(options.EverySteps));
        if (options.UntilStep is { } last) rules.AtLeast(last, 1, nameof(options.UntilStep));
        rules.Temperature(options.ExtractionTemperature, nameof(options.ExtractionTemperature));
        rules.AtLeast(options.ExtractionMaxTokens, 1, nameof(options.ExtractionMaxTokens));
        rules.AtLeast(options.ReplayCount, 1, nameof(options.ReplayCount));
        rules.AtLeast(options.RequiredSuccesses, 1, nameof(options.RequiredSuccesses));
        rules.Temperature(options.ReplayTemperature, nameof(options.ReplayTemperature));
        if (options.ReplayMaxTokens is { } limit) rules.AtLeast(limit, 1, nameof(options.ReplayMaxTokens));
        rules.Require(options.RequiredSuccesses <= options.ReplayCount, nameof(options.RequiredSuccesses),
            $"must be at most {nameof(options.ReplayCount)} = {options.ReplayCount}, got {options.RequiredSuccesses}: no candidate could ever pass");
        return rules.Result;
    }
}

/// <summary>Which of the |Y+| x |Y-| pairs of a question are compared.</summary>
public enum PairSelection
{
    /// <summary>A random choice among all pairs, without repetition.</summary>
    Random,

    /// <summary>A random choice in which no attempt is used a second time before every attempt of its side was used once.</summary>
    Spread,

    /// <summary>The shortest attempts first: the cheapest contexts.</summary>
    Shortest,

    /// <summary>
    /// Each wrong attempt with the right one that shares its longest beginning, so that the two part in one place. Pairs that part in a place, or by a wrong
    /// token, that no earlier pair has come first.
    /// </summary>
    LongestSharedPrefix,
}
