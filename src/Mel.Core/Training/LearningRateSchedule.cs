namespace Mel.Training;

/// <summary>What becomes of the learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to zero in a straight line.</summary>
    Linear,

    /// <summary>It falls to zero along half a cosine.</summary>
    Cosine,
}
