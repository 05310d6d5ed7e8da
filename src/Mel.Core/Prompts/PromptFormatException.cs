using Mel.Runtime;

namespace Mel.Prompts;

/// <summary>A row of a data set cannot be read as a prompt; the message names file, line, what was found and what is expected.</summary>
public sealed class PromptFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, counted from 1; 0 when the fault lies with the file as a whole.</param>
    /// <param name="problem">What was found, what is expected and what to do.</param>
    /// <param name="inner">The error underneath, if there is one.</param>
    public PromptFormatException(string file, int line, string problem, Exception? inner = null)
        : base(Excerpt.Message(line > 0 ? $"{file}, line {line}: {problem}" : $"{file}: {problem}"), inner)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, counted from 1; 0 when the fault lies with the file as a whole.</summary>
    public int Line { get; }
}
