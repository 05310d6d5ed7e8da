using Mel.Data.Files;

namespace Mel.Data;

/// <summary>Some rows of a file that follow each other, and where to find them.</summary>
/// <param name="File">Index of the file.</param>
/// <param name="Mark">Place of the first row.</param>
/// <param name="First">Index of the first row among the rows of all files.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Bytes of the rows.</param>
internal sealed record RowBlock(int File, RowMark Mark, int First, int Rows, long Bytes);

/// <summary>What becomes of a row.</summary>
internal enum RowFate : byte
{
    /// <summary>A prompt under its own name.</summary>
    Kept,

    /// <summary>A prompt whose name an earlier one has.</summary>
    Renamed,

    /// <summary>No prompt.</summary>
    LeftOut,
}
