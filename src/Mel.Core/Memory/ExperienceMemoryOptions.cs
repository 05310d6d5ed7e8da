using Mel.Objectives;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Memory;

/// <summary>What an <see cref="ExperienceMemory"/> believes, how much it holds, how it ages, and how strongly it is rehearsed.</summary>
public sealed class ExperienceMemoryOptions
{
    /// <summary>How strongly the rehearsals count, unitless: lambda or rho, by <see cref="Scaling"/>.</summary>
    /// <value>The default is 1.</value>
    public double Weight { get; set; } = 1.0;

    /// <summary>What <see cref="Weight"/> means: a factor on the loss, or the term's gradient norm relative to that of the reinforcement-learning term.</summary>
    /// <value>The default is <see cref="TermScalingKind.GradientNormRatio"/>.</value>
    public TermScalingKind Scaling { get; set; } = TermScalingKind.GradientNormRatio;

    /// <summary>Votes that the leading answer of a key must have to be rehearsed.</summary>
    /// <value>The default is 2: two experiences that agree.</value>
    public double MinimumVotes { get; set; } = 2;

    /// <summary>Share of all votes of its key that the leading answer must have to be rehearsed.</summary>
    /// <value>The default is 0.6.</value>
    public double MinimumShare { get; set; } = 0.6;

    /// <summary>Votes of an experience that failed its replay. One that was retained, or was not replayed, has one vote.</summary>
    /// <value>The default is 0.</value>
    public double FailedReplayVotes { get; set; }

    /// <summary>Largest number of keys. Where there is no room for another, the key with the fewest votes is forgotten; of several, the oldest.</summary>
    /// <value>The default is 4096.</value>
    public int MaxKeys { get; set; } = 4096;

    /// <summary>Largest number of answers per key. Where there is no room for another, the one with the fewest votes is forgotten; its votes still count.</summary>
    /// <value>The default is 8.</value>
    public int MaxAnswers { get; set; } = 8;

    /// <summary>Largest number of wordings kept of an answer, the newest; they are rehearsed in turn.</summary>
    /// <value>The default is 4.</value>
    public int MaxWordings { get; set; } = 4;

    /// <summary>Largest number of keys rehearsed in a step, all of them in turn; 0 rehearses all in every step.</summary>
    /// <value>The default is 512.</value>
    public int RehearsalsPerStep { get; set; } = 512;

    /// <summary>Factor on all votes with every step: below 1, an old vote counts less than a new one.</summary>
    /// <value>The default is 1.</value>
    public double VoteDecay { get; set; } = 1.0;

    /// <summary>Steps without a vote after which a key is rehearsed half as strongly, and after as many again a quarter.</summary>
    /// <value>The default is null: a key is rehearsed as strongly as ever.</value>
    public double? FadeHalfLife { get; set; }

    /// <summary>Steps without a vote after which a key is forgotten.</summary>
    /// <value>The default is null: none is.</value>
    public int? ForgetAfterSteps { get; set; }
}

internal sealed class ExperienceMemoryOptionsValidator : IValidateOptions<ExperienceMemoryOptions>
{
    public ValidateOptionsResult Validate(string? name, ExperienceMemoryOptions options)
    {
        OptionRules rules = new();
        rules.Within(options.Weight, 0, 1000, nameof(options.Weight));
        rules.Defined(options.Scaling, nameof(options.Scaling));
        rules.Above(options.MinimumVotes, 0.0, nameof(options.MinimumVotes));
        rules.Within(options.MinimumShare, 0, 1, nameof(options.MinimumShare));
        rules.Within(options.FailedReplayVotes, 0, 1, nameof(options.FailedReplayVotes));
        rules.AtLeast(options.MaxKeys, 1, nameof(options.MaxKeys));
        rules.AtLeast(options.MaxAnswers, 1, nameof(options.MaxAnswers));
        rules.AtLeast(options.MaxWordings, 1, nameof(options.MaxWordings));
        rules.AtLeast(options.RehearsalsPerStep, 0, nameof(options.RehearsalsPerStep));
        rules.Require(options.VoteDecay is > 0 and <= 1, nameof(options.VoteDecay), $"must be greater than 0 and at most 1, got {options.VoteDecay}");
        if (options.FadeHalfLife is { } halfLife) rules.Above(halfLife, 0.0, nameof(options.FadeHalfLife));
        if (options.ForgetAfterSteps is { } steps) rules.AtLeast(steps, 1, nameof(options.ForgetAfterSteps));
        return rules.Result;
    }
}
