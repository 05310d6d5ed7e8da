using Mel.Advantages;
using Mel.Losses;
using Mel.Rollouts;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// Base class of the policy-gradient objectives. A derived class gives the loss of each token. The base class adds divergence, entropy and the correction for
/// another sampler's probabilities, and aggregates all by the totals of the optimizer batch.
/// </summary>
public abstract class PolicyObjective : IObjective, IRunPart, IRunDemands
{
    /// <summary>Name of the loss term of every policy objective.</summary>
    public const string TermName = "policy";

    private readonly PolicyObjectiveOptions _options;

    /// <summary>Creates the objective.</summary>
    /// <param name="options">Read once, as far as they are common to all policy objectives.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    protected PolicyObjective(PolicyObjectiveOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = OptionRules.Checked(options, new PolicyObjectiveOptionsValidator());
    }

    /// <inheritdoc/>
    public RolloutNeeds Needs
        => (_options.KlCoefficient > 0 ? RolloutNeeds.ReferenceLogProbs : RolloutNeeds.None)
        | (_options.SamplerCorrection is not null ? RolloutNeeds.PolicyLogProbs : RolloutNeeds.None);

    /// <summary>Whether the loss of a token depends on the log-probability of that token alone.</summary>
    /// <value>True, unless a derived class says otherwise.</value>
    protected internal virtual bool IsTokenwise => true;

    /// <inheritdoc/>
    public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [new PolicyTerm(this, _options, batch)];
    }

    /// <inheritdoc/>
    public abstract void Describe(RunIdentity identity);

    /// <inheritdoc/>
    public virtual IEnumerable<string> Unmet(RunShape run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_options.FixedLength is not { } length) yield break;
        if (_options.Aggregation != Aggregation.FixedLength)
            yield return $"{nameof(_options.FixedLength)} is {length}, but nothing is divided by it with {nameof(Aggregation)}.{_options.Aggregation}. "
                + $"Leave it out, or take {nameof(Aggregation)}.{nameof(Aggregation.FixedLength)}.";
        else if (length != run.Sampling.MaxTokens)
            yield return $"{nameof(_options.FixedLength)} is {length}, but the run samples up to {run.Sampling.MaxTokens} tokens (Sampling.MaxTokens): "
                + "the loss would be scaled by the quotient of the two. Leave it out, and it is the limit of the run.";
    }

    /// <summary>The loss of each token, [B, T]; lower is better; exactly 0 where the mask does not select.</summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old of the same tokens, [B, T].</param>
    /// <param name="advantages">Advantage of each token, [B, T].</param>
    /// <param name="mask">True on tokens that train, [B, T].</param>
    protected internal abstract PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask);

    /// <summary>Adds the settings of <see cref="PolicyObjectiveOptions.SamplerCorrection"/>, where there are any.</summary>
    private protected void DescribeCorrection(RunIdentity identity)
    {
        if (_options.SamplerCorrection is { } correction) identity.Within(nameof(_options.SamplerCorrection), () => identity.SetOptions(correction));
    }
}

/// <summary>The tensors behind a policy loss, all [B, T] over the trajectories that were scored. Owned by the caller's dispose scope.</summary>
public sealed class PolicyTensors(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, PolicyLossTerms perToken)
{
    /// <summary>log pi_theta of the sampled tokens, with the graph of the policy.</summary>
    public Tensor LogProbs { get; } = logProbs;

    /// <summary>log pi_theta_old of the sampled tokens, without a graph.</summary>
    public Tensor OldLogProbs { get; } = oldLogProbs;

    /// <summary>Advantage of each token.</summary>
    public Tensor Advantages { get; } = advantages;

    /// <summary>True on tokens that train.</summary>
    public Tensor Mask { get; } = mask;

    /// <summary>Loss, ratio and clip masks of each token.</summary>
    public PolicyLossTerms PerToken { get; } = perToken;
}
