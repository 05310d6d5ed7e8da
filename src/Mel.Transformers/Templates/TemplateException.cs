using Mel.Runtime;

namespace Mel.Transformers.Templates;

/// <summary>
/// A chat template could not be read, or could not be rendered for a conversation: it does not fit it, refuses it by <c>raise_exception</c>, or takes more
/// steps, memory or depth than it may.
/// </summary>
public sealed class TemplateException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="line">Line of the template, from 1.</param>
    /// <param name="column">Column in the line, from 1.</param>
    /// <param name="isRefusal">Whether the template itself refuses the conversation.</param>
    public TemplateException(string problem, int line, int column, bool isRefusal = false)
        : base(Excerpt.Message($"Chat template, line {line}, column {column}: {problem}"))
        => (Line, Column, IsRefusal) = (line, column, isRefusal);

    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in the line, from 1.</summary>
    public int Column { get; }

    /// <summary>Whether the template itself refuses the conversation, by <c>raise_exception</c>: its roles do not alternate, for instance.</summary>
    public bool IsRefusal { get; }

    /// <summary>The exception for a place in a template.</summary>
    internal static TemplateException At(string source, int position, string problem, bool isRefusal = false)
    {
        ReadOnlySpan<char> before = source.AsSpan(0, Math.Min(position, source.Length));
        return new TemplateException(problem, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), isRefusal);
    }
}

/// <summary>A template cannot be read.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="position">Where.</param>
internal sealed class TemplateSyntaxException(string problem, int position) : Exception(problem)
{
    public int Position => position;
}

/// <summary>A template refuses a conversation.</summary>
/// <param name="message">What it says.</param>
internal sealed class TemplateRefusalException(string message) : Exception(message);
