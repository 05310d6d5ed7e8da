namespace Mel.Data.Files;

/// <summary>Opens a file by what its name ends with.</summary>
internal static class RowReader
{
    /// <summary>What names of data files end with, those that come first first.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".parquet", ".jsonl", ".json", ".ndjson"];

    /// <summary>Opens a file: parquet, or else JSON lines.</summary>
    /// <exception cref="DataFormatException">It is no such file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IRowReader Open(string path)
    {
        if (!Path.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no data file '{path}'; give the path of a parquet file or of a file with one JSON object a line.", path);
        }

        return path.EndsWith(Extensions[0], StringComparison.OrdinalIgnoreCase) ? new ParquetRows(path) : new JsonLinesRows(path);
    }
}
