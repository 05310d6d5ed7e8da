namespace Mel.Verifiers;

/// <summary>How numbers written in another base compare.</summary>
public enum BasePolicy
{
    /// <summary>By value: <c>52_8</c> equals 42 and not 52.</summary>
    Value,

    /// <summary>By value, and the base must be named where the gold names it.</summary>
    SameBase,

    /// <summary>The base is dropped: <c>52_8</c> equals 52.</summary>
    Ignore,
}
