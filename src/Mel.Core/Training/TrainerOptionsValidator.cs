using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Training;

/// <summary>The rules of <see cref="TrainerOptions"/>, the same with and without a container.</summary>
internal sealed class TrainerOptionsValidator : IValidateOptions<TrainerOptions>
{
    private const int MostTrajectories = 1 << 20, MostEpochs = 1000;

    /// <summary>A checked copy, its nested options too.</summary>
    public static TrainerOptions Checked(TrainerOptions? options)
    {
        TrainerOptions copy = Copy(options);
        return OptionRules.Checked(copy, new TrainerOptionsValidator());
    }

    /// <summary>A copy, its nested options too, that nobody has checked.</summary>
    public static TrainerOptions Copy(TrainerOptions? options)
    {
        TrainerOptions copy = OptionRules.Copy(options);
        if (copy.Sampling is { } sampling) copy.Sampling = OptionRules.Copy(sampling);
        if (copy.Verification is { } verification) copy.Verification = OptionRules.Copy(verification);
        if (copy.Optimizer is { } optimizer) copy.Optimizer = OptionRules.Copy(optimizer);
        return copy;
    }

    public ValidateOptionsResult Validate(string? name, TrainerOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.Steps, 1, nameof(options.Steps));
        rules.AtLeast(options.PromptsPerStep, 1, nameof(options.PromptsPerStep));
        rules.AtLeast(options.GroupSize, 1, nameof(options.GroupSize));
        long trajectories = (long)options.PromptsPerStep * options.GroupSize;
        rules.Require(trajectories <= MostTrajectories, nameof(options.PromptsPerStep),
            $"times {nameof(options.GroupSize)} must be at most {MostTrajectories}, got {trajectories}: a step holds all its trajectories in memory");
        rules.AtLeast(options.MiniBatchPrompts, 0, nameof(options.MiniBatchPrompts));
        rules.Require(options.MiniBatchPrompts <= options.PromptsPerStep, nameof(options.MiniBatchPrompts),
            $"must be at most {nameof(options.PromptsPerStep)} = {options.PromptsPerStep}, got {options.MiniBatchPrompts}: "
            + "an update cannot hold more questions than a step samples");
        rules.Require(options.Epochs is >= 1 and <= MostEpochs, nameof(options.Epochs), $"must be within [1, {MostEpochs}], got {options.Epochs}");
        rules.AtLeast(options.MicroBatchTokens, 1, nameof(options.MicroBatchTokens));
        rules.AtLeast(options.MaxRefills, 0, nameof(options.MaxRefills));
        rules.AtLeast(options.CheckpointEverySteps, 1, nameof(options.CheckpointEverySteps));
        rules.Require(options.CheckpointInterval is not { } interval || interval > TimeSpan.Zero, nameof(options.CheckpointInterval),
            $"must be greater than 0, got {options.CheckpointInterval}; leave it out to go by steps alone");
        rules.AtLeast(options.MaxNonFiniteUpdates, 1, nameof(options.MaxNonFiniteUpdates));
        rules.Require(options.AllowedDifferences is not null, nameof(options.AllowedDifferences), "must not be null; leave it out to allow none");
        rules.Defined(options.OldLogProbs, nameof(options.OldLogProbs));
        rules.Require(options.Sampling is not null, nameof(options.Sampling), "must not be null; leave it out for the defaults");
        rules.Require(options.Verification is not null, nameof(options.Verification), "must not be null; leave it out for the defaults");
        rules.Require(options.Optimizer is not null, nameof(options.Optimizer), "must not be null; leave it out for the defaults");
        if (options.Sampling is { } sampling)
        {
            rules.Nested(new SamplingOptionsValidator().Validate(null, sampling), nameof(options.Sampling));
            rules.Require(
                sampling.Temperature != 0, $"{nameof(options.Sampling)}.{nameof(sampling.Temperature)}",
                "must be greater than 0, got 0: greedy attempts at one question are all the same");
            rules.Require(!sampling.Truncates || options.OldLogProbs != OldLogProbs.Recorded, nameof(options.OldLogProbs),
                $"must not be {nameof(OldLogProbs.Recorded)} while tokens are cut off (top-k, top-p, min-p): "
                + "recorded log-probabilities are those of what is left, and every ratio would start off 1");
        }

        if (options.Verification is { } verification)
            rules.Nested(new VerificationOptionsValidator().Validate(null, verification), nameof(options.Verification));
        if (options.Optimizer is { } optimizer) rules.Nested(new OptimizerOptionsValidator().Validate(null, optimizer), nameof(options.Optimizer));
        return rules.Result;
    }
}
