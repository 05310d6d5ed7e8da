using Mel.Losses;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>CISPO: -sg(w) A log pi with w the importance ratio capped, so that a token keeps its gradient however far it drifted.</summary>
public sealed class CispoObjective : PolicyObjective
{
    private readonly CispoOptions _options;

    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option breaks a rule of <see cref="PolicyObjectiveOptionsValidator"/>.</exception>
    public CispoObjective(CispoOptions? options = null)
        : base(options = OptionRules.Checked(options, new PolicyObjectiveOptionsValidator())) => _options = options;

    /// <inheritdoc/>
    protected override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
        => PolicyLoss.Cispo(logProbs, oldLogProbs, advantages, mask, _options.MaxWeight, _options.MinWeight);
}
