namespace Mel.Objectives;

/// <summary>What the additional likelihood term teaches.</summary>
public enum InternalizationTarget
{
    /// <summary>The meta-experience: the paper.</summary>
    Experience,

    /// <summary>The correct attempt y+ of the same pairs, after the question alone: a control that shows what the experience adds over the attempt it came from.</summary>
    CorrectTrajectory,
}
