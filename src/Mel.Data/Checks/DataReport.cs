namespace Mel.Data.Checks;

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
