namespace Mel.Training;

/// <summary>The parts of a run do not fit together: the run would train something else than it says, or nothing at all.</summary>
public sealed class RunCompositionException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">What is wrong and what to do about it, a sentence or two each; at least one.</param>
    public RunCompositionException(IReadOnlyList<string> problems)
        : base(Message(problems ?? throw new ArgumentNullException(nameof(problems)))) => Problems = [.. problems];

    /// <summary>Everything that is wrong, in no order of weight.</summary>
    public IReadOnlyList<string> Problems { get; }

    private static new string Message(IReadOnlyList<string> problems) => problems.Count == 1
        ? problems[0]
        : $"The parts of the run do not fit together, for {problems.Count} reasons:{string.Concat(problems.Select(p => $"\n- {p}"))}";
}
