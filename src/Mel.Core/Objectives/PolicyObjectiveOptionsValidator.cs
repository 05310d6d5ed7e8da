using Mel.Losses;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Objectives;

/// <summary>The rules of <see cref="PolicyObjectiveOptions"/> and of the options derived from it, the same with and without a container.</summary>
public sealed class PolicyObjectiveOptionsValidator : IValidateOptions<PolicyObjectiveOptions>, IValidateOptions<ClippedSurrogateOptions>, IValidateOptions<CispoOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PolicyObjectiveOptions options) => Common(options).Result;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClippedSurrogateOptions options)
    {
        OptionRules rules = Common(options);
        rules.Require(options.ClipRangeLow is > 0 and <= 1, nameof(options.ClipRangeLow), $"must be within (0, 1], got {options.ClipRangeLow}");
        rules.Above(options.ClipRangeHigh, 0.0, nameof(options.ClipRangeHigh));
        if (options.DualClip is { } c) rules.Above(c, 1.0, nameof(options.DualClip));
        if (options.Delta is { } delta) rules.Above(delta, 1.0 + options.ClipRangeHigh, nameof(options.Delta));
        rules.Defined(options.RatioLevel, nameof(options.RatioLevel));
        rules.Require(options.RatioLevel == RatioLevel.Token || options.Aggregation == Aggregation.SequenceMeanTokenMean, nameof(options.Aggregation),
            $"must be {nameof(Aggregation.SequenceMeanTokenMean)} with a ratio per trajectory, got {options.Aggregation}: another aggregation would weigh trajectories by their length");
        return rules.Result;
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CispoOptions options)
    {
        OptionRules rules = Common(options);
        rules.Above(options.MaxWeight, 0.0, nameof(options.MaxWeight));
        rules.Require(options.MinWeight >= 0 && options.MinWeight < options.MaxWeight, nameof(options.MinWeight), $"must be within [0, {nameof(options.MaxWeight)} = {options.MaxWeight}), got {options.MinWeight}");
        return rules.Result;
    }

    private static OptionRules Common(PolicyObjectiveOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules rules = new();
        rules.Defined(options.Aggregation, nameof(options.Aggregation));
        rules.Require(options.Aggregation != Aggregation.FixedLength || options.FixedLength > 0, nameof(options.FixedLength),
            $"must be at least 1 with {nameof(Aggregation)}.{nameof(Aggregation.FixedLength)}, got {options.FixedLength}: give the token limit of the rollouts");
        rules.AtLeast(options.KlCoefficient, 0, nameof(options.KlCoefficient));
        rules.Defined(options.KlEstimator, nameof(options.KlEstimator));
        string? refusal = options.KlCoefficient > 0 ? Divergence.ReasonAgainstLoss(options.KlEstimator) : null;
        rules.Require(refusal is null, nameof(options.KlEstimator), refusal ?? string.Empty);
        rules.Require(double.IsFinite(options.EntropyCoefficient), nameof(options.EntropyCoefficient), $"must be finite, got {options.EntropyCoefficient}");
        return rules;
    }
}
