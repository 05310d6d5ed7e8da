using Mel.Losses;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>What every policy-gradient objective has in common: how tokens become a scalar, and the terms beside the policy loss.</summary>
public class PolicyObjectiveOptions
{
    /// <summary>How the loss of [B, T] tokens becomes a scalar.</summary>
    /// <value>The default is <see cref="Aggregation.TokenMean"/>; the paper's Eq. 10 is <see cref="Aggregation.SequenceMeanTokenMean"/>.</value>
    public Aggregation Aggregation { get; set; } = Aggregation.TokenMean;

    /// <summary>L, tokens: the divisor of <see cref="Aggregation.FixedLength"/> (Dr.GRPO).</summary>
    /// <value>The default is null: the token limit of the rollouts.</value>
    public int? FixedLength { get; set; }

    /// <summary>beta: weight of the divergence from the reference policy in the loss; above 0 the run needs a reference policy.</summary>
    /// <value>The default is 0: Eq. 10 has no such term.</value>
    public double KlCoefficient { get; set; }

    /// <summary>How the divergence is estimated. k1 is refused in the loss: its expected gradient is zero.</summary>
    /// <value>The default is <see cref="KlEstimator.K2"/>, whose gradient on-policy is that of the reverse divergence.</value>
    public KlEstimator KlEstimator { get; set; } = KlEstimator.K2;

    /// <summary>Weight of the entropy bonus.</summary>
    /// <value>The default is 0.</value>
    public double EntropyCoefficient { get; set; }

    /// <summary>Whether the entropy is computed for the report even where the loss does not need it.</summary>
    /// <value>The default is true.</value>
    public bool ReportEntropy { get; set; } = true;

    /// <summary>
    /// Importance weights for a sampler whose probabilities differ from the policy's own; the run then computes the latter before the update.
    /// </summary>
    /// <value>The default is null: no correction.</value>
    public SamplerCorrectionOptions? SamplerCorrection { get; set; }
}

/// <summary>How the policy loss is corrected for a sampler whose probabilities differ from the policy's (truncated or masked importance sampling).</summary>
public sealed class SamplerCorrectionOptions
{
    /// <summary>One weight per token, or one per trajectory.</summary>
    /// <value>The default is <see cref="RatioLevel.Token"/>.</value>
    public RatioLevel Level { get; set; } = RatioLevel.Token;

    /// <summary>What happens to a weight outside the bounds.</summary>
    /// <value>The default is <see cref="MismatchRule.Truncate"/>.</value>
    public MismatchRule Rule { get; set; } = MismatchRule.Truncate;

    /// <summary>Lower bound of the weight.</summary>
    /// <value>The default is null: none.</value>
    public double? Min { get; set; }

    /// <summary>Upper bound of the weight.</summary>
    /// <value>The default is 2.</value>
    public double? Max { get; set; } = 2;

    /// <summary>With a weight per trajectory: the geometric mean over its tokens instead of their product.</summary>
    /// <value>The default is false.</value>
    public bool GeometricMean { get; set; }

    internal Tensor Weights(Tensor oldLogProbs, Tensor samplerLogProbs, Tensor mask)
        => SamplerMismatch.Weights(oldLogProbs, samplerLogProbs, mask, Level, Rule, Min, Max, GeometricMean);
}

/// <summary>The rules that all policy objectives share.</summary>
internal static class PolicyObjectiveRules
{
    private const double LargestCoefficient = 1000;

    public static OptionRules Common(PolicyObjectiveOptions options)
    {
        OptionRules rules = new();
        rules.Defined(options.Aggregation, nameof(options.Aggregation));
        if (options.FixedLength is { } length) rules.AtLeast(length, 1, nameof(options.FixedLength));
        rules.Within(options.KlCoefficient, 0, LargestCoefficient, nameof(options.KlCoefficient));
        rules.Defined(options.KlEstimator, nameof(options.KlEstimator));
        string? refusal = options.KlCoefficient > 0 ? Divergence.ReasonAgainstLoss(options.KlEstimator) : null;
        rules.Require(refusal is null, nameof(options.KlEstimator), refusal ?? string.Empty);
        rules.Within(options.EntropyCoefficient, -LargestCoefficient, LargestCoefficient, nameof(options.EntropyCoefficient));
        if (options.SamplerCorrection is not { } correction) return rules;
        const string prefix = nameof(options.SamplerCorrection) + ".";
        rules.Defined(correction.Level, prefix + nameof(correction.Level));
        rules.Defined(correction.Rule, prefix + nameof(correction.Rule));
        rules.Require(
            correction.Min is null or (>= 0 and < double.PositiveInfinity), prefix + nameof(correction.Min),
            $"must be a finite number of at least 0, got {correction.Min}");
        rules.Require(
            correction.Max is null || correction.Max > (correction.Min ?? 0), prefix + nameof(correction.Max),
            $"must be above {nameof(correction.Min)} = {correction.Min ?? 0}, got {correction.Max}");
        options.SamplerCorrection = new SamplerCorrectionOptions
        {
            Level = correction.Level, Rule = correction.Rule, Min = correction.Min, Max = correction.Max, GeometricMean = correction.GeometricMean,
        };
        return rules;
    }
}
