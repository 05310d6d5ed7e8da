namespace Mel.Experiences;

/// <summary>What came of the groups of one step: the retained experiences, everything that was dropped and why, and what it cost.</summary>
public sealed record ExtractionResult
{
    /// <summary>A result with nothing in it.</summary>
    public static ExtractionResult Empty { get; } = new();

    /// <summary>D_M* of Eq. 6, or D_M where validation is off; ordered by group, then pair.</summary>
    public IReadOnlyList<MetaExperience> Retained { get; init; } = [];

    /// <summary>Every candidate that was not retained.</summary>
    public IReadOnlyList<DroppedExperience> Dropped { get; init; } = [];

    /// <summary>Number of pairs (y+, y-) that were chosen for comparison.</summary>
    public int Pairs { get; init; }

    /// <summary>Number of experiences the policy was asked to write.</summary>
    public int Candidates { get; init; }

    /// <summary>Number of candidates with all their parts.</summary>
    public int WellFormed { get; init; }

    /// <summary>Tokens sampled for candidates.</summary>
    public long ExtractionTokens { get; init; }

    /// <summary>Tokens sampled for replays.</summary>
    public long ReplayTokens { get; init; }

    /// <summary>Time spent on writing candidates.</summary>
    public TimeSpan ExtractionDuration { get; init; }

    /// <summary>Time spent on replays and their verification.</summary>
    public TimeSpan ReplayDuration { get; init; }

    /// <summary>Retained experiences as a share of the candidates (figure 9 of the paper); 0 when there was none.</summary>
    public double Retention => Candidates == 0 ? 0.0 : (double)Retained.Count / Candidates;
}
