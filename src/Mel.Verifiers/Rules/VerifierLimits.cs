namespace Mel.Verifiers.Rules;

/// <summary>
/// Budgets of one verification. They count work, never time, so a verdict does not depend on the load of the machine. An answer that needs more ends in
/// the outcome <c>LimitExceeded</c>.
/// </summary>
public sealed class VerifierLimits
{
    /// <summary>Characters of a response. Of a longer response only that many are read, from its end.</summary>
    /// <value>The default is 16,777,216.</value>
    public int ResponseCharacters { get; set; } = 1 << 24;

    /// <summary>Characters of one extracted answer.</summary>
    /// <value>The default is 4,096.</value>
    public int AnswerCharacters { get; set; } = 4096;

    /// <summary>Tokens of one extracted answer.</summary>
    /// <value>The default is 4,096.</value>
    public int Tokens { get; set; } = 4096;

    /// <summary>Nested constructs of one answer, and levels of its expression tree.</summary>
    /// <value>The default is 160.</value>
    public int Depth { get; set; } = 160;

    /// <summary>Nodes of one expression tree.</summary>
    /// <value>The default is 8,192.</value>
    public int Nodes { get; set; } = 8192;

    /// <summary>Elements of one list, sum, product or matrix.</summary>
    /// <value>The default is 1,024.</value>
    public int Items { get; set; } = 1024;

    /// <summary>Elementary steps of one comparison. One step is one arithmetic operation on numbers of bounded size.</summary>
    /// <value>The default is 100,000.</value>
    public int Steps { get; set; } = 100_000;

    internal VerifierLimits Copy() => (VerifierLimits)MemberwiseClone();
}
