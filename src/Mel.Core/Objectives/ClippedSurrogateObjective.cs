using Mel.Losses;
using Mel.Runtime;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// The first term of Eq. 10: mean over trajectories and tokens of min(rho A, clip(rho, 1 - epsilon, 1 + epsilon) A), negated. With group-relative advantages it
/// is GRPO, with batch-normalized ones REINFORCE++, with a ratio per trajectory GSPO, with a higher upper clip DAPO.
/// </summary>
public sealed class ClippedSurrogateObjective : PolicyObjective
{
    private readonly ClippedSurrogateOptions _options;

    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public ClippedSurrogateObjective(ClippedSurrogateOptions? options = null)
        : base(options = OptionRules.Checked(options, new ClippedSurrogateOptionsValidator())) => _options = options;

    /// <inheritdoc/>
    protected internal override bool IsTokenwise => _options.RatioLevel == RatioLevel.Token;

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        DescribeCorrection(identity);
    }

    /// <inheritdoc/>
    protected internal override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
        => PolicyLoss.ClippedSurrogate(
            logProbs, oldLogProbs, advantages, mask, new ClipRange(_options.ClipRangeLow, _options.ClipRangeHigh), _options.DualClip,
            _options.RatioLevel, _options.Delta, _options.MaxLogRatio);
}

/// <summary>The clipped surrogate of PPO, as GRPO, DAPO, GSPO and REINFORCE++ use it.</summary>
public sealed class ClippedSurrogateOptions : PolicyObjectiveOptions
{
    /// <summary>epsilon below 1: the ratio is clipped at 1 - this.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipRangeLow { get; set; } = 0.2;

    /// <summary>epsilon above 1: the ratio is clipped at 1 + this. DAPO's "clip higher" is 0.28.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipRangeHigh { get; set; } = 0.2;

    /// <summary>c, above 1: bounds the loss of tokens with a negative advantage at -c A.</summary>
    /// <value>The default is null, no bound, as in Eq. 10.</value>
    public double? DualClip { get; set; }

    /// <summary>Whether the ratio is one per token, or one per trajectory as in GSPO.</summary>
    /// <value>The default is <see cref="RatioLevel.Token"/>.</value>
    public RatioLevel RatioLevel { get; set; } = RatioLevel.Token;

    /// <summary>Upper bound of the ratio in the unclipped branch (INTELLECT-2).</summary>
    /// <value>The default is null, no bound.</value>
    public double? Delta { get; set; }

    /// <summary>Bound of the log-ratio before it is exponentiated, nats; beyond it a token carries no gradient.</summary>
    /// <value>The default is 20.</value>
    public double? MaxLogRatio { get; set; } = 20;
}

internal sealed class ClippedSurrogateOptionsValidator : IValidateOptions<ClippedSurrogateOptions>
{
    public ValidateOptionsResult Validate(string? name, ClippedSurrogateOptions options)
    {
        OptionRules rules = PolicyObjectiveRules.Common(options);
        rules.Require(options.ClipRangeLow is > 0 and <= 1, nameof(options.ClipRangeLow), $"must be within (0, 1], got {options.ClipRangeLow}");
        rules.Above(options.ClipRangeHigh, 0.0, nameof(options.ClipRangeHigh));
        if (options.DualClip is { } c) rules.Above(c, 1.0, nameof(options.DualClip));
        if (options.Delta is { } delta) rules.Above(delta, 1.0 + options.ClipRangeHigh, nameof(options.Delta));
        if (options.MaxLogRatio is { } limit) rules.Above(limit, 0.0, nameof(options.MaxLogRatio));
        rules.Defined(options.RatioLevel, nameof(options.RatioLevel));
        rules.Require(options.RatioLevel == RatioLevel.Token || options.Aggregation == Aggregation.SequenceMeanTokenMean, nameof(options.Aggregation),
            $"must be {nameof(Aggregation.SequenceMeanTokenMean)} with a ratio per trajectory, got {options.Aggregation}: "
            + "another aggregation would weigh trajectories by their length");
        return rules.Result;
    }
}
