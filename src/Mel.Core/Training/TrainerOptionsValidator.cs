using Mel.Runtime;
using Mel.Rollouts;
using Microsoft.Extensions.Options;

namespace Mel.Training;

/// <summary>The rules of <see cref="TrainerOptions"/>, the same with and without a container.</summary>
public sealed class TrainerOptionsValidator : IValidateOptions<TrainerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules rules = new();
        rules.AtLeast(options.Steps, 1, nameof(options.Steps));
        rules.AtLeast(options.PromptsPerStep, 1, nameof(options.PromptsPerStep));
        rules.AtLeast(options.GroupSize, 1, nameof(options.GroupSize));
        rules.AtLeast(options.MiniBatchPrompts, 0, nameof(options.MiniBatchPrompts));
        rules.Require(options.MiniBatchPrompts <= options.PromptsPerStep, nameof(options.MiniBatchPrompts),
            $"must be at most {nameof(options.PromptsPerStep)} = {options.PromptsPerStep}, got {options.MiniBatchPrompts}: an update cannot hold more questions than a step samples");
        rules.AtLeast(options.Epochs, 1, nameof(options.Epochs));
        rules.AtLeast(options.MicroBatchTokens, 1, nameof(options.MicroBatchTokens));
        rules.AtLeast(options.MaxRefills, 0, nameof(options.MaxRefills));
        rules.AtLeast(options.CheckpointEverySteps, 1, nameof(options.CheckpointEverySteps));
        rules.Require(options.Sampling is not null, nameof(options.Sampling), "must not be null; leave it out for the defaults");
        rules.Require(options.Optimizer is not null, nameof(options.Optimizer), "must not be null; leave it out for the defaults");
        if (options.Sampling is { } sampling) Sampling(rules, sampling);
        if (options.Optimizer is { } optimizer) Optimizer(rules, optimizer);
        return rules.Result;
    }

    private static void Sampling(OptionRules rules, SamplingOptions sampling)
    {
        const string Prefix = nameof(TrainerOptions.Sampling) + ".";
        rules.Above(sampling.Temperature, 0.0, Prefix + nameof(sampling.Temperature));
        rules.AtLeast(sampling.TopK, 0, Prefix + nameof(sampling.TopK));
        rules.Require(sampling.TopP is > 0 and <= 1, Prefix + nameof(sampling.TopP), $"must be within (0, 1], got {sampling.TopP}");
        rules.Require(sampling.MinP is >= 0 and < 1, Prefix + nameof(sampling.MinP), $"must be within [0, 1), got {sampling.MinP}");
        rules.AtLeast(sampling.MaxTokens, 1, Prefix + nameof(sampling.MaxTokens));
    }

    private static void Optimizer(OptionRules rules, OptimizerOptions optimizer)
    {
        const string Prefix = nameof(TrainerOptions.Optimizer) + ".";
        rules.AtLeast(optimizer.LearningRate, 0, Prefix + nameof(optimizer.LearningRate));
        rules.AtLeast(optimizer.WarmupSteps, 0, Prefix + nameof(optimizer.WarmupSteps));
        rules.Defined(optimizer.Schedule, Prefix + nameof(optimizer.Schedule));
        rules.Require(optimizer.Beta1 is >= 0 and < 1, Prefix + nameof(optimizer.Beta1), $"must be within [0, 1), got {optimizer.Beta1}");
        rules.Require(optimizer.Beta2 is >= 0 and < 1, Prefix + nameof(optimizer.Beta2), $"must be within [0, 1), got {optimizer.Beta2}");
        rules.Above(optimizer.Epsilon, 0.0, Prefix + nameof(optimizer.Epsilon));
        rules.AtLeast(optimizer.WeightDecay, 0, Prefix + nameof(optimizer.WeightDecay));
        rules.AtLeast(optimizer.MaxGradientNorm, 0, Prefix + nameof(optimizer.MaxGradientNorm));
    }
}
