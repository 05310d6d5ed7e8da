using System.Globalization;

namespace Mel.Diagnostics;

/// <summary>
/// Says where in a run an exception came from. An exception leaves a run as the part threw it, because callers catch it by its type. Which part it was, and at
/// which prompt and step, is noted beside it in <see cref="Exception.Data"/>.
/// </summary>
public static class RunFailure
{
    private const string Key = "Mel.RunFailure";

    /// <summary>Where the exception came from, for instance <c>Step 5: the verifier GradeServer failed at prompt 'q17', trajectory 3.</c></summary>
    /// <param name="exception">What left a run, an evaluation or an extraction.</param>
    /// <returns>A sentence; null where nothing is known.</returns>
    public static string? Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e.Data[Key] is Note note) return note.Sentence();
        }

        return null;
    }

    /// <summary>Notes the part, unless an inner one is noted already. Made to be an exception filter: it catches nothing.</summary>
    /// <returns>Always false.</returns>
    internal static bool Attach(Exception exception, PartPlace place)
    {
        // Nothing failed where the run was canceled: a foreign cancellation has another type by the time it gets here.
        if (exception is OperationCanceledException || NoteOf(exception) is not { Part: null } note) return false;
        (note.Part, note.At) = ($"{place.Role} {place.Name}", place.At);
        return false;
    }

    /// <summary>Notes the step. Made to be an exception filter: it catches nothing.</summary>
    /// <returns>Always false.</returns>
    internal static bool AttachStep(Exception exception, int step)
    {
        if (exception is not OperationCanceledException && NoteOf(exception) is { } note) note.Step ??= step;
        return false;
    }

    // Exceptions that the runtime keeps ready have a dictionary that takes no entries.
    private static Note? NoteOf(Exception exception)
    {
        if (exception.Data[Key] is Note note) return note;
        if (exception.Data.IsReadOnly) return null;
        exception.Data[Key] = note = new Note();
        return note;
    }

    private sealed class Note
    {
        public string? Part { get; set; }

        public string At { get; set; } = string.Empty;

        public int? Step { get; set; }

        public string Sentence() => (Part, Step) switch
        {
            (null, { } step) => string.Create(CultureInfo.InvariantCulture, $"Step {step} failed."),
            (_, { } step) => string.Create(CultureInfo.InvariantCulture, $"Step {step}: the {Part} failed{At}."),
            _ => $"The {Part} failed{At}.",
        };

        public override string ToString() => Sentence();
    }
}
