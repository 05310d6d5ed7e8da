using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>A right and a wrong attempt at the same question: one element of P_x (section 3.2 of the paper).</summary>
public sealed class ContrastivePair(int groupIndex, RolloutGroup group, int correctIndex, int incorrectIndex)
{
    /// <summary>Index of the group among the groups of the step.</summary>
    public int GroupIndex { get; } = groupIndex;

    /// <summary>The group in which both attempts were sampled.</summary>
    public RolloutGroup Group { get; } = group;

    /// <summary>Index of the right attempt in the group.</summary>
    public int CorrectIndex { get; } = correctIndex;

    /// <summary>Index of the wrong attempt in the group.</summary>
    public int IncorrectIndex { get; } = incorrectIndex;

    /// <summary>The right attempt, y+.</summary>
    public Trajectory Correct => Group.Trajectories[CorrectIndex];

    /// <summary>The wrong attempt, y-.</summary>
    public Trajectory Incorrect => Group.Trajectories[IncorrectIndex];
}
