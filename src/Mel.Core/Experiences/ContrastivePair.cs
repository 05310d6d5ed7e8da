using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>A right and a wrong attempt at the same question: one element of P_x (section 3.2 of the paper).</summary>
/// <param name="GroupIndex">Place of the group among those of the step: what an experience belongs to.</param>
/// <param name="Group">The group both were sampled in.</param>
/// <param name="CorrectIndex">Index of y+ in the group.</param>
/// <param name="IncorrectIndex">Index of y- in the group.</param>
public sealed record ContrastivePair(int GroupIndex, RolloutGroup Group, int CorrectIndex, int IncorrectIndex)
{
    /// <summary>y+.</summary>
    public Trajectory Correct => Group.Trajectories[CorrectIndex];

    /// <summary>y-.</summary>
    public Trajectory Incorrect => Group.Trajectories[IncorrectIndex];
}
