using System.Text.Json;

namespace Mel.Data.Files;

/// <summary>Reads the rows of a file one after the other, each as a JSON object, with little more than a row in memory.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>The row that was read last, counted from 1: a line where the file is a text.</summary>
    long Number { get; }

    /// <summary>Bytes of the row that was read last, as JSON.</summary>
    int RowBytes { get; }

    /// <summary>Names of the columns, or null where every row has its own.</summary>
    IReadOnlyList<string>? Columns { get; }

    /// <summary>Leaves all columns out but some, from the next row on; a reader of text may give all.</summary>
    void Keep(IReadOnlySet<string> columns);

    /// <summary>The next row, or null at the end; valid until the one after it is read.</summary>
    /// <exception cref="DataFormatException">The file is damaged.</exception>
    JsonDocument? Read();

    /// <summary>The place of the row that is read next.</summary>
    RowMark Mark();

    /// <summary>The exception for what is wrong with the row that was read last.</summary>
    Exception Fault(string problem, Exception? inner = null) => new DataFormatException(Path, Number, problem, inner);

    /// <summary>Goes to a place.</summary>
    void Seek(RowMark mark);
}
