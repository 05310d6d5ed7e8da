namespace Mel.Data.Checks;

/// <summary>What can be wrong with a row.</summary>
public enum DataFindingKind
{
    /// <summary>Question or answer is absent or blank. Such a row is always left out.</summary>
    Empty,

    /// <summary>An earlier row has the same question and the same answer.</summary>
    Repeated,

    /// <summary>Another row has the same question with another answer.</summary>
    Conflicting,

    /// <summary>The question is one of an evaluation set, or contains one.</summary>
    Overlapping,
}

/// <summary>One row that something is wrong with.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="File">The file.</param>
/// <param name="Row">The row of a parquet file or the line of a text, counted from 1.</param>
/// <param name="Detail">Which other row or which evaluation question it has to do with, in words.</param>
public sealed record DataFinding(DataFindingKind Kind, string File, long Row, string Detail)
{
    /// <summary>The finding in a line.</summary>
    public override string ToString() => $"{File}, row {Row}: {Kind}: {Detail}";
}

/// <summary>
/// What the rows of a data set turned out to be. A row that a finding leaves out has no other: overlaps are looked for before repeats and conflicts.
/// </summary>
public sealed class DataReport
{
    internal DataReport(long rows, long kept, IReadOnlyDictionary<DataFindingKind, long> counts, IReadOnlyList<DataFinding> findings)
        => (Rows, Kept, Counts, Findings) = (rows, kept, counts, findings);

    /// <summary>Rows that were read.</summary>
    public long Rows { get; }

    /// <summary>Rows that are prompts of the data set; the options say which findings leave a row out.</summary>
    public long Kept { get; }

    /// <summary>How many rows have each kind of finding.</summary>
    public IReadOnlyDictionary<DataFindingKind, long> Counts { get; }

    /// <summary>The findings in the order of the rows, as many as the options list.</summary>
    public IReadOnlyList<DataFinding> Findings { get; }

    /// <summary>The counts in a line.</summary>
    public override string ToString()
        => $"{Kept:N0} of {Rows:N0} rows kept; {string.Join(", ", Counts.Select(c => $"{c.Value:N0} {c.Key.ToString().ToLowerInvariant()}"))}.";
}
