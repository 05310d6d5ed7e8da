namespace Mel.Samples.Miniature;

/// <summary>What an operator does to a value: <c>value -> Multiplier * value + Offset</c>, modulo <see cref="Modulus"/>. Every rule is a bijection.</summary>
/// <param name="Index">Place in <see cref="All"/>.</param>
/// <param name="Word">How the rule is written.</param>
/// <param name="Multiplier">Odd, so that the rule can be undone.</param>
/// <param name="Offset">Added after the product.</param>
public sealed record Rule(int Index, string Word, int Multiplier, int Offset)
{
    /// <summary>Values are 0 .. 31.</summary>
    public const int Modulus = 32;

    /// <summary>The eight rules of the world.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(0, "+1", 1, 1), new(1, "+4", 1, 4), new(2, "+9", 1, 9), new(3, "+15", 1, 15),
        new(4, "-2", 1, -2), new(5, "-7", 1, -7), new(6, "3x+1", 3, 1), new(7, "5x+2", 5, 2),
    ];

    /// <summary>The value that follows.</summary>
    public int Apply(int value) => (((Multiplier * value) + Offset) % Modulus + Modulus) % Modulus;

    /// <inheritdoc/>
    public override string ToString() => Word;
}
