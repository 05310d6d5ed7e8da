using Mel.Objectives;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Memory;

/// <summary>What a <see cref="RehearsalBuffer"/> holds and how strongly it is rehearsed.</summary>
public sealed class RehearsalBufferOptions
{
    /// <summary>What is stored.</summary>
    /// <value>The default is <see cref="BufferContent.Heuristics"/>.</value>
    public BufferContent Content { get; set; } = BufferContent.Heuristics;

    /// <summary>How strongly the rehearsals count, unitless: lambda or rho, by <see cref="Scaling"/>.</summary>
    /// <value>The default is 1.</value>
    public double Weight { get; set; } = 1.0;

    /// <summary>What <see cref="Weight"/> means: a factor on the loss, or the term's gradient norm relative to that of the reinforcement-learning term.</summary>
    /// <value>The default is <see cref="TermScalingKind.GradientNormRatio"/>.</value>
    public TermScalingKind Scaling { get; set; } = TermScalingKind.GradientNormRatio;

    /// <summary>Number of sequences drawn in a step, each at random among all.</summary>
    /// <value>The default is 128.</value>
    public int RehearsalsPerStep { get; set; } = 128;

    /// <summary>Largest number of sequences; the oldest leave.</summary>
    /// <value>The default is 16384.</value>
    public int Capacity { get; set; } = 16384;
}

internal sealed class RehearsalBufferOptionsValidator : IValidateOptions<RehearsalBufferOptions>
{
    public ValidateOptionsResult Validate(string? name, RehearsalBufferOptions options)
    {
        OptionRules rules = new();
        rules.Defined(options.Content, nameof(options.Content));
        rules.Within(options.Weight, 0, 1000, nameof(options.Weight));
        rules.Defined(options.Scaling, nameof(options.Scaling));
        rules.AtLeast(options.RehearsalsPerStep, 1, nameof(options.RehearsalsPerStep));
        rules.AtLeast(options.Capacity, 1, nameof(options.Capacity));
        return rules.Result;
    }
}

/// <summary>What a <see cref="RehearsalBuffer"/> stores of a step.</summary>
public enum BufferContent
{
    /// <summary>The heuristics of retained experiences, each after its cue alone, whether others agree or not.</summary>
    Heuristics,

    /// <summary>The right attempts of groups that have wrong ones too, each after its question: what experiences are written from.</summary>
    CorrectAttempts,
}
