namespace Mel.Diagnostics;

/// <summary>
/// A part of a run returned something that its interface does not allow: too few trajectories, a probability above 1, no list at all. The message names the
/// part, what is expected and what it gave.
/// </summary>
public sealed class PartResultException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="part">Name of the part's type.</param>
    /// <param name="message">What the part gave, what is expected and what to do.</param>
    public PartResultException(string part, string message)
        : base(message) => Part = part;

    /// <summary>Name of the part's type.</summary>
    public string Part { get; }
}
