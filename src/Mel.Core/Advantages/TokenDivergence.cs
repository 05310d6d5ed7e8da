using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>The divergence from the reference policy at each token of a trajectory, for a penalty in the reward: k1 = log pi_old - log pi_ref, usually.</summary>
/// <param name="group">The group the trajectory belongs to.</param>
/// <param name="trajectory">Its index in the group.</param>
/// <returns>One value per token, nats.</returns>
public delegate ReadOnlyMemory<double> TokenDivergence(RolloutGroup group, int trajectory);
