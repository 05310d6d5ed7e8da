using System.Text;
using System.Text.Json;

namespace Mel.Samples.Study;

/// <summary>The rows of the study: a file of JSON lines for each part. A line is written at once, and one that a kill cut off is cut away.</summary>
/// <param name="folder">Folder of the files.</param>
internal sealed class RowFiles(string folder)
{
    private const string Ending = ".jsonl";

    /// <summary>Every row, by file and then in the order of the file.</summary>
    /// <exception cref="InvalidDataException">A line is no row; the message names file and line.</exception>
    public IReadOnlyList<RunRow> Read()
    {
        if (!Directory.Exists(folder)) return [];
        List<RunRow> rows = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            string[] lines = File.ReadAllText(file).Split('\n');
            // What comes behind the last end of a line is a row that was being written.
            for (int i = 0; i < lines.Length - 1; i++)
            {
                try
                {
                    rows.Add(RunRow.Parse(lines[i]));
                }
                catch (JsonException e)
                {
                    throw new InvalidDataException(
                        $"{file}, line {i + 1} is no row of the study: {e.Message} Take the line out; its run is then made again.", e);
                }
            }
        }

        return rows;
    }

    /// <summary>Adds a row to the file of its part.</summary>
    public void Append(RunRow row)
    {
        Directory.CreateDirectory(folder);
        using FileStream file = new(Path.Combine(folder, row.Part + Ending), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(WholeLines(file));
        file.Position = file.Length;
        file.Write(Encoding.UTF8.GetBytes(row.ToLine() + "\n"));
        file.Flush(flushToDisk: true);
    }

    private static long WholeLines(FileStream file)
    {
        long end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') return end;
            end--;
        }

        return 0;
    }
}
