using Mel.Losses;
using Mel.Runtime;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>CISPO: -sg(w) A log pi with w the importance ratio capped, so that a token keeps its gradient however far it drifted (MiniMax, 2025).</summary>
public sealed class CispoObjective : PolicyObjective
{
    private readonly CispoOptions _options;

    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public CispoObjective(CispoOptions? options = null)
        : base(options = OptionRules.Checked(options, new CispoOptionsValidator())) => _options = options;

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        DescribeCorrection(identity);
    }

    /// <inheritdoc/>
    protected internal override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
        => PolicyLoss.Cispo(logProbs, oldLogProbs, advantages, mask, _options.MaxWeight, _options.MinWeight);
}

/// <summary>CISPO: a capped importance weight on a plain policy gradient, so that no token loses its gradient.</summary>
public sealed class CispoOptions : PolicyObjectiveOptions
{
    /// <summary>Upper bound of the weight, absolute (TRL's <c>epsilon_high</c> for cispo; verl's is 1 + its <c>clip_ratio_high</c>).</summary>
    /// <value>The default is 5.</value>
    public double MaxWeight { get; set; } = 5.0;

    /// <summary>Lower bound of the weight, absolute.</summary>
    /// <value>The default is 0, no bound.</value>
    public double MinWeight { get; set; }
}

internal sealed class CispoOptionsValidator : IValidateOptions<CispoOptions>
{
    public ValidateOptionsResult Validate(string? name, CispoOptions options)
    {
        OptionRules rules = PolicyObjectiveRules.Common(options);
        rules.Above(options.MaxWeight, 0.0, nameof(options.MaxWeight));
        rules.Require(
            options.MinWeight >= 0 && options.MinWeight < options.MaxWeight, nameof(options.MinWeight),
            $"must be within [0, {nameof(options.MaxWeight)} = {options.MaxWeight}), got {options.MinWeight}");
        return rules.Result;
    }
}
