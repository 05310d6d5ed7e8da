namespace Mel.Verifiers;

/// <summary>How units compare.</summary>
public enum UnitPolicy
{
    /// <summary>Where both sides name a known unit it must be the same; a unit on one side only is dropped.</summary>
    SameWhereBothNamed,

    /// <summary>Units are dropped.</summary>
    Ignore,

    /// <summary>Both sides must name the same unit, or neither any.</summary>
    Required,
}
