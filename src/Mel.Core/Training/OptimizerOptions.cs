using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Training;

/// <summary>AdamW with a learning-rate schedule and gradient clipping.</summary>
public sealed class OptimizerOptions
{
    /// <summary>
    /// Learning rate after the warm-up, at most 1: an update of AdamW moves a weight by about this much, whatever the size of the gradient. With 0 the policy
    /// stays as it is and the run only measures.
    /// </summary>
    /// <value>The default is 1e-6, the paper's.</value>
    public double LearningRate { get; set; } = 1e-6;

    /// <summary>
    /// Number of optimizer updates over which the learning rate rises from 0 in a straight line; the first already takes a share. Updates are counted as if
    /// every step were full, so that a filter neither stretches the warm-up nor the schedule.
    /// </summary>
    /// <value>The default is 0.</value>
    public int WarmupSteps { get; set; }

    /// <summary>What becomes of the learning rate after the warm-up.</summary>
    /// <value>The default is <see cref="LearningRateSchedule.Constant"/>.</value>
    public LearningRateSchedule Schedule { get; set; } = LearningRateSchedule.Constant;

    /// <summary>Decay of the first moment, beta_1.</summary>
    /// <value>The default is 0.9.</value>
    public double Beta1 { get; set; } = 0.9;

    /// <summary>Decay of the second moment, beta_2.</summary>
    /// <value>The default is 0.999.</value>
    public double Beta2 { get; set; } = 0.999;

    /// <summary>
    /// Added to the root of the second moment. Far above the gradients it makes AdamW linear in them, with the learning rate divided by it; the learning rate
    /// may then be as large as this.
    /// </summary>
    /// <value>The default is 1e-8.</value>
    public double Epsilon { get; set; } = 1e-8;

    /// <summary>Decoupled weight decay of matrices, in [0, 1]; vectors (norms and biases) are never decayed.</summary>
    /// <value>The default is 0.</value>
    public double WeightDecay { get; set; }

    /// <summary>Largest norm of the gradient of all parameters together; a larger gradient is scaled down to it. 0 turns clipping off.</summary>
    /// <value>The default is 1.</value>
    public double MaxGradientNorm { get; set; } = 1.0;
}

/// <summary>What becomes of the learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>The learning rate stays constant.</summary>
    Constant,

    /// <summary>The learning rate falls to zero in a straight line.</summary>
    Linear,

    /// <summary>The learning rate falls to zero along half a cosine.</summary>
    Cosine,
}

internal sealed class OptimizerOptionsValidator : IValidateOptions<OptimizerOptions>
{
    private const double LargestEpsilon = 1e6;

    public ValidateOptionsResult Validate(string? name, OptimizerOptions options)
    {
        OptionRules rules = new();
        double most = Math.Max(1, options.Epsilon is > 0 and <= LargestEpsilon ? options.Epsilon : 0);
        rules.Within(options.LearningRate, 0, most, nameof(options.LearningRate));
        rules.AtLeast(options.WarmupSteps, 0, nameof(options.WarmupSteps));
        rules.Defined(options.Schedule, nameof(options.Schedule));
        rules.Require(options.Beta1 is >= 0 and < 1, nameof(options.Beta1), $"must be within [0, 1), got {options.Beta1}");
        rules.Require(options.Beta2 is >= 0 and < 1, nameof(options.Beta2), $"must be within [0, 1), got {options.Beta2}");
        rules.Require(
            options.Epsilon is > 0 and <= LargestEpsilon, nameof(options.Epsilon), $"must be within (0, {LargestEpsilon}], got {options.Epsilon}");
        rules.Within(options.WeightDecay, 0, 1, nameof(options.WeightDecay));
        rules.AtLeast(options.MaxGradientNorm, 0, nameof(options.MaxGradientNorm));
        return rules.Result;
    }
}
