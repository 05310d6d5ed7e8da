using Mel.Runtime;

namespace Mel.Data.Folders;

/// <summary>A data set has no configuration or split of a name; the message lists those it has.</summary>
public sealed class DataSplitException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="folder">The folder of the data set.</param>
    /// <param name="kind">What was asked for: a configuration or a split.</param>
    /// <param name="name">The name that was asked for; null where none was given and one is needed.</param>
    /// <param name="available">The names there are.</param>
    public DataSplitException(string folder, string kind, string? name, IReadOnlyList<string> available)
        : base(Excerpt.Message(
            $"{folder}: {(name is null ? $"there are several {kind}s, name one of them" : $"there is no {kind} '{Excerpt.Of(name)}'")}; "
            + $"there are: {(available is { Count: > 0 } ? string.Join(", ", available.Take(50).Select(a => Excerpt.Of(a))) : "none")}."))
        => Available = available;

    /// <summary>The names there are.</summary>
    public IReadOnlyList<string> Available { get; }
}
