namespace Mel.Verifiers;

/// <summary>How degrees compare outside of trigonometric functions.</summary>
public enum DegreePolicy
{
    /// <summary>45 degrees equals 45.</summary>
    SameNumber,

    /// <summary>45 degrees equals 45 and also pi/4.</summary>
    SameNumberOrRadians,

    /// <summary>45 degrees equals pi/4 only.</summary>
    Radians,
}
