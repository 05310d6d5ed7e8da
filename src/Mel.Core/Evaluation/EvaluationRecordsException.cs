using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>
/// A file of records is damaged, or belongs to another evaluation than the one that was to go on. The message names file, line and difference.
/// </summary>
public sealed class EvaluationRecordsException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, counted from 1; 0 when the fault lies with the file as a whole.</param>
    /// <param name="problem">What was found, what is expected and what to do.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public EvaluationRecordsException(string file, int line, string problem, Exception? inner = null)
        : base(Excerpt.Message(line > 0 ? $"{file}, line {line}: {problem}" : $"{file}: {problem}"), inner)
        => (File, Line) = (file, line);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, counted from 1; 0 when the fault lies with the file as a whole.</summary>
    public int Line { get; }
}
