using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Turns the rewards of rollout groups into advantages. Statistics run in float64 on managed data; implementations hold no state between calls.</summary>
public interface IAdvantageEstimator
{
    /// <summary>The smallest number of trajectories per prompt this estimator can compare; a trainer with a smaller group size is refused.</summary>
    /// <value>1, unless an implementation says otherwise.</value>
    int MinimumGroupSize => 1;

    /// <summary>One advantage per trajectory.</summary>
    /// <param name="groups">The verified groups of one optimizer batch; a NaN reward marks a trajectory that could not be judged.</param>
    /// <returns>For every group, in order, as many advantages as it has trajectories.</returns>
    IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups);
}
