using Mel.Runtime;

namespace Mel.Data.Files;

/// <summary>A data set cannot be read; the message names file and row, what was found and what is expected.</summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file or folder.</param>
    /// <param name="row">The row of a parquet file or the line of a text, counted from 1; 0 when the fault lies with the file as a whole.</param>
    /// <param name="problem">What was found, what is expected and what to do.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public DataFormatException(string file, long row, string problem, Exception? inner = null)
        : base(Excerpt.Message(row > 0 ? $"{file}, row {row}: {problem}" : $"{file}: {problem}"), inner)
    {
        File = file;
        Row = row;
    }

    /// <summary>The file or folder.</summary>
    public string File { get; }

    /// <summary>The row or line, counted from 1; 0 when the fault lies with the file as a whole.</summary>
    public long Row { get; }
}
