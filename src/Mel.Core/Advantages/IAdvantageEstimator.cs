using Mel.Experiences;
using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Turns the rewards of rollout groups into advantages. Statistics run in float64 on managed data.</summary>
/// <remarks>
/// An estimator may sample (Monte-Carlo values of a prefix, for instance), which is why it is asynchronous and given a seed. It keeps no state between calls.
/// </remarks>
public interface IAdvantageEstimator
{
    /// <summary>The smallest number of trajectories per prompt this estimator can compare; a trainer with a smaller group size is refused.</summary>
    /// <value>1, unless an implementation says otherwise.</value>
    int MinimumGroupSize => 1;

    /// <summary>What the estimator must find in the rollouts; a trainer that cannot give it is refused.</summary>
    /// <value>Nothing, unless an implementation says otherwise.</value>
    RolloutNeeds Needs => RolloutNeeds.None;

    /// <summary>One advantage per trajectory.</summary>
    /// <param name="rollouts">The verified groups of one step with their experiences; a NaN reward marks a trajectory that could not be judged.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <returns>For every group, in order, as many advantages as it has trajectories.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default);
}

/// <summary>What part of a run asks of its rollouts.</summary>
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

/// <summary>The verified groups of one step and what was learned from them.</summary>
public sealed class RolloutBatch(IReadOnlyList<RolloutGroup> groups, IReadOnlyList<IReadOnlyList<MetaExperience>> experiences, ulong seed)
{
    /// <summary>The groups.</summary>
    public IReadOnlyList<RolloutGroup> Groups { get; } = groups;

    /// <summary>The meta-experiences of each group, in the order of the groups; empty for a run without.</summary>
    public IReadOnlyList<IReadOnlyList<MetaExperience>> Experiences { get; } = experiences;

    /// <summary>Seed of everything random that is made of them.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Groups without experiences.</summary>
    /// <param name="groups">The groups.</param>
    public RolloutBatch(IReadOnlyList<RolloutGroup> groups)
        : this(groups, [.. (groups ?? throw new ArgumentNullException(nameof(groups))).Select(_ => (IReadOnlyList<MetaExperience>)[])], 0)
    {
    }
}
