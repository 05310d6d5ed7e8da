using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>A right and a wrong attempt at the same question: one element of P_x (section 3.2 of the paper).</summary>
public sealed class ContrastivePair(int groupIndex, RolloutGroup group, int correctIndex, int incorrectIndex)
{
    /// <summary>Place of the group among those of the step: what an experience belongs to.</summary>
    public int GroupIndex { get; } = groupIndex;

    /// <summary>The group both were sampled in.</summary>
    public RolloutGroup Group { get; } = group;

    /// <summary>Index of y+ in the group.</summary>
    public int CorrectIndex { get; } = correctIndex;

    /// <summary>Index of y- in the group.</summary>
    public int IncorrectIndex { get; } = incorrectIndex;

    /// <summary>y+.</summary>
    public Trajectory Correct => Group.Trajectories[CorrectIndex];

    /// <summary>y-.</summary>
    public Trajectory Incorrect => Group.Trajectories[IncorrectIndex];
}
