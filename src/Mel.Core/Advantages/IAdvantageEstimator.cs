using Mel.Experiences;
using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Turns the rewards of rollout groups into advantages. Statistics run in float64 on managed data.</summary>
/// <remarks>
/// An estimator may sample (Monte-Carlo values of a prefix, for instance), which is why it is asynchronous and given a seed. It keeps no state between calls.
/// </remarks>
public interface IAdvantageEstimator
{
    /// <summary>The smallest number of trajectories per prompt this estimator can compare. The construction of a trainer with smaller groups fails.</summary>
    /// <value>1, unless an implementation says otherwise.</value>
    int MinimumGroupSize => 1;

    /// <summary>What the estimator must find in the rollouts. The construction of a trainer that cannot provide it fails.</summary>
    /// <value>Nothing, unless an implementation says otherwise.</value>
    RolloutNeeds Needs => RolloutNeeds.None;

    /// <summary>One advantage per trajectory.</summary>
    /// <param name="rollouts">The verified groups of one step with their experiences; a NaN reward marks a trajectory that could not be judged.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <returns>For every group, in order, as many advantages as it has trajectories.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default);
}

/// <summary>What a part of a run must find in the rollouts to do its work.</summary>
[Flags]
public enum RolloutNeeds
{
    /// <summary>Nothing but trajectories and rewards.</summary>
    None = 0,

    /// <summary>Meta-experiences: the run needs an extractor.</summary>
    Experiences = 1,

    /// <summary>Log-probabilities under a frozen policy: the run needs a reference.</summary>
    ReferenceLogProbs = 2,

    /// <summary>Log-probabilities as the policy itself computes them, apart from those the sampler recorded.</summary>
    PolicyLogProbs = 4,
}

/// <summary>The verified groups of one step and the meta-experiences that were extracted from them.</summary>
/// <param name="groups">The groups.</param>
/// <param name="experiences">The meta-experiences of each group.</param>
/// <param name="seed">Seed for what is random.</param>
public sealed class RolloutBatch(IReadOnlyList<RolloutGroup> groups, IReadOnlyList<IReadOnlyList<MetaExperience>> experiences, ulong seed)
{
    /// <summary>The verified groups of the step.</summary>
    public IReadOnlyList<RolloutGroup> Groups { get; } = groups;

    /// <summary>The meta-experiences of each group, in the order of the groups. A list is empty where its group has none.</summary>
    public IReadOnlyList<IReadOnlyList<MetaExperience>> Experiences { get; } = experiences;

    /// <summary>Seed of everything random that an estimator does with the groups.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Creates a batch of groups without experiences.</summary>
    /// <param name="groups">The groups.</param>
    public RolloutBatch(IReadOnlyList<RolloutGroup> groups)
        : this(groups, [.. (groups ?? throw new ArgumentNullException(nameof(groups))).Select(_ => (IReadOnlyList<MetaExperience>)[])], 0)
    {
    }
}
