namespace Mel.Runtime;

/// <summary>A tensor does not have the shape a computation needs; the message gives both shapes.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was given, what is expected and what to do.</param>
    /// <param name="paramName">The argument at fault.</param>
    public ShapeMismatchException(string message, string? paramName = null)
        : base(message, paramName)
    {
    }
}
