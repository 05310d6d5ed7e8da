namespace Mel.Verifiers;

/// <summary>How percent signs compare.</summary>
public enum PercentPolicy
{
    /// <summary>25% equals 0.25 and 1/4, and equals 25 when the gold or the question is in percent.</summary>
    SameNumberWhenGoldIsPercent,

    /// <summary>25% equals 0.25 and 1/4 only.</summary>
    SameValue,

    /// <summary>The sign is dropped: 25% equals 25, whoever wrote it.</summary>
    Ignore,
}
