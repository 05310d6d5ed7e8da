using System.Text.Json;

namespace Mel.Data.Files;

/// <summary>Reads the rows of a data file as they are, before any layout makes prompts of them.</summary>
public static class DataRows
{
    /// <summary>Reads a parquet file, or a file with one JSON object a line.</summary>
    /// <param name="path">The file.</param>
    /// <returns>
    /// Every row as a JSON object, read as it is asked for. Text, numbers and truth values of a parquet file become those of JSON; decimals, times and dates
    /// become text, NaN becomes null, and a map becomes a list of pairs.
    /// </returns>
    /// <exception cref="DataFormatException">The file is damaged or no such file; rows before the damage are given.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IEnumerable<JsonElement> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Rows(path);
    }

    private static IEnumerable<JsonElement> Rows(string path)
    {
        using IRowReader reader = RowReader.Open(path);
        while (reader.Read() is { } row)
        {
            using (row) yield return row.RootElement.Clone();
        }
    }
}
