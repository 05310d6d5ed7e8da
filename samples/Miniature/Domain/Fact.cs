namespace Mel.Samples.Miniature;

/// <summary>What there is to know: which rule an operator means when the value it is applied to is even, or odd.</summary>
/// <param name="Operator">0 .. 95.</param>
/// <param name="IsOdd">Parity of the value.</param>
public readonly record struct Fact(int Operator, bool IsOdd)
{
    /// <summary>Every fact of a world, in the order of <see cref="Index"/>.</summary>
    public static IEnumerable<Fact> All => Enumerable.Range(0, World.Facts).Select(i => new Fact(i / 2, (i & 1) == 1));

    /// <summary>Place among the facts of the world, 0 .. 191.</summary>
    public int Index => (Operator * 2) + (IsOdd ? 1 : 0);

    /// <summary>The fact that decides what <paramref name="op"/> does to <paramref name="value"/>.</summary>
    public static Fact Of(int op, int value) => new(op, (value & 1) == 1);

    /// <summary>The two words of a fact, for instance <c>op12 odd</c>.</summary>
    public override string ToString() => $"op{Operator} {(IsOdd ? "odd" : "even")}";
}
