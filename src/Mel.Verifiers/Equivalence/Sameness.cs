namespace Mel.Verifiers.Equivalence;

/// <summary>The result of one comparison.</summary>
internal enum Sameness
{
    Different,
    Equal,

    /// <summary>A budget ran out or nothing can be evaluated.</summary>
    Undecided,
}
