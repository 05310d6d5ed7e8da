using Mel.Losses;
using Mel.Runtime;
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
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option breaks a rule of <see cref="PolicyObjectiveOptionsValidator"/>.</exception>
    public ClippedSurrogateObjective(ClippedSurrogateOptions? options = null)
        : base(options = OptionRules.Checked(options, new PolicyObjectiveOptionsValidator())) => _options = options;

    private ClipRange Clip => new(_options.ClipRangeLow, _options.ClipRangeHigh);

    /// <inheritdoc/>
    protected override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
        => PolicyLoss.ClippedSurrogate(logProbs, oldLogProbs, advantages, mask, Clip, _options.DualClip, _options.RatioLevel, _options.Delta);
}
