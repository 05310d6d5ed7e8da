using Mel.Losses;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// Rejection-sampling fine-tuning (RFT): -A log pi with the advantages of a selection, 1 for correct trajectories and the others left out. It equals
/// REINFORCE with a reward in {0, 1} and no baseline.
/// </summary>
public sealed class LogLikelihoodObjective : PolicyObjective
{
    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option breaks a rule of <see cref="PolicyObjectiveOptionsValidator"/>.</exception>
    public LogLikelihoodObjective(PolicyObjectiveOptions? options = null)
        : base(OptionRules.Checked<PolicyObjectiveOptions>(options, new PolicyObjectiveOptionsValidator()))
    {
    }

    /// <inheritdoc/>
    protected override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
    {
        Tensor none = zeros_like(mask);
        return new PolicyLossTerms(PolicyLoss.Reinforce(logProbs, advantages, mask), ones_like(logProbs), none, none.clone());
    }
}
