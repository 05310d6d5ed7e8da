using Mel.Losses;
using Mel.Runtime;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// Rejection-sampling fine-tuning (RFT): -A log pi with the advantages of a selection, 1 for correct trajectories and the others left out. It equals
/// REINFORCE with a reward in {0, 1} and no baseline.
/// </summary>
public sealed class LogLikelihoodObjective : PolicyObjective
{
    private readonly PolicyObjectiveOptions _options;

    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public LogLikelihoodObjective(PolicyObjectiveOptions? options = null)
        : base(options = OptionRules.Checked(options, new PolicyObjectiveOptionsValidator())) => _options = options;

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        DescribeCorrection(identity);
    }

    /// <inheritdoc/>
    protected internal override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
    {
        Tensor none = zeros_like(mask);
        return new PolicyLossTerms(PolicyLoss.Reinforce(logProbs, advantages, mask), ones_like(logProbs), none, none.clone());
    }
}

internal sealed class PolicyObjectiveOptionsValidator : IValidateOptions<PolicyObjectiveOptions>
{
    public ValidateOptionsResult Validate(string? name, PolicyObjectiveOptions options) => PolicyObjectiveRules.Common(options).Result;
}
