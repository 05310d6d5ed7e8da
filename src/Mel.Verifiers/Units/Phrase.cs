using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Units;

/// <summary>The meaning of the words behind a number: a scale, a power, a mark, and a unit.</summary>
internal sealed record Phrase
{
    /// <summary>What the number is multiplied by: "million".</summary>
    public BigRational Scale { get; init; } = BigRational.One;

    /// <summary>The power the number is raised to: "squared".</summary>
    public int Power { get; init; } = 1;

    public bool IsPercent { get; init; }

    /// <summary>Degrees of an angle: they have rules of their own.</summary>
    public bool IsDegree { get; init; }

    public bool IsBelowZero { get; init; }

    public Unit Unit { get; init; } = Unit.None;
}
