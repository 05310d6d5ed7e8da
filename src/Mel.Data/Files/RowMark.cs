namespace Mel.Data.Files;

/// <summary>The place of a row in its file.</summary>
/// <param name="Before">Rows, or lines, before it.</param>
/// <param name="Offset">Where its line begins, in a text.</param>
/// <param name="Group">Its row group, in a parquet file.</param>
/// <param name="RowInGroup">Rows before it in the group.</param>
/// <param name="Columns">Its place in each column that is read.</param>
internal sealed record RowMark(long Before, long Offset, int Group, long RowInGroup, IReadOnlyList<ColumnPlace> Columns);
