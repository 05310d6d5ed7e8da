namespace Mel.Samples.Miniature;

/// <summary>What there is to know: which rule an operator means when the value it is applied to is even, or odd.</summary>
/// <param name="Operator">A name of an operator: 0 .. 95 in a world of the standard shape.</param>
/// <param name="IsOdd">Parity of the value.</param>
public readonly record struct Fact(int Operator, bool IsOdd)
{
    /// <summary>Every fact of a world of the standard shape, in the order of <see cref="Index"/>.</summary>
    public static IEnumerable<Fact> All => Of(World.Operators);

    /// <summary>Place among the facts of the world, 0 .. 191 in the standard shape.</summary>
    public int Index => (Operator * 2) + (IsOdd ? 1 : 0);

    /// <summary>The fact that decides what <paramref name="op"/> does to <paramref name="value"/>.</summary>
    public static Fact Of(int op, int value) => new(op, (value & 1) == 1);

    /// <summary>Every fact about the first operators, in the order of <see cref="Index"/>.</summary>
    internal static IEnumerable<Fact> Of(int operators) => Enumerable.Range(0, 2 * operators).Select(i => new Fact(i / 2, (i & 1) == 1));

    /// <summary>The two words of a fact, for instance <c>op12 odd</c>.</summary>
    public override string ToString() => $"op{Operator} {(IsOdd ? "odd" : "even")}";
}
