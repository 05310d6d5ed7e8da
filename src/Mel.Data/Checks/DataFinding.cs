namespace Mel.Data.Checks;

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
