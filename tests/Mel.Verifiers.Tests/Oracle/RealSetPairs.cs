namespace Mel.Verifiers.Tests.Oracle;

/// <summary>
/// Pairs of sets of real numbers in the notations of intervals, inequalities and sets. Two sets are the same where they agree at every end and between any two
/// neighboring ends.
/// </summary>
internal sealed class RealSetPairs(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A piece of the line; a null end is infinite.</summary>
    private readonly record struct Piece(Fraction? Low, bool HasLow, Fraction? High, bool HasHigh)
    {
        public bool Contains(Fraction x)
            => (Low is not { } low || low < x || (HasLow && low == x)) && (High is not { } high || x < high || (HasHigh && high == x));
    }

    public Pair Next(bool same)
    {
        while (true)
        {
            Piece[] gold = Draw(), answer = same ? Split(gold) : Slip(gold);
            if (Agree(gold, answer) != same) continue;
            (string kind, string text) = Write(gold);
            return new Pair(kind, text, Write(answer).Text, same);
        }
    }

    private static bool Agree(Piece[] a, Piece[] b)
    {
        Fraction[] ends = [.. a.Concat(b).SelectMany(static p => new[] { p.Low, p.High }).OfType<Fraction>().Distinct().Order()];
        IEnumerable<Fraction> between = ends.Zip(ends.Skip(1), static (x, y) => (x + y) / 2);
        Fraction[] outside = ends.Length == 0 ? [0] : [ends[0] - 1, ends[^1] + 1];
        return ends.Concat(between).Concat(outside).All(x => Array.Exists(a, p => p.Contains(x)) == Array.Exists(b, p => p.Contains(x)));
    }

    private Piece[] Draw()
    {
        Fraction a = new(_random.Next(-30, 20), _random.Next(3) == 0 ? _random.Next(2, 5) : 1), b = a + _random.Next(1, 25), c = b + _random.Next(1, 12), d = c + _random.Next(1, 9);
        bool first = Coin(), second = Coin(), third = Coin(), fourth = Coin();
        return _random.Next(8) switch
        {
            0 or 1 => [new(a, first, b, second)],
            2 => [new(a, first, null, false)],
            3 => [new(null, false, b, second)],
            4 => [new(null, false, a, first), new(b, second, null, false)],
            5 => [new(a, first, b, second), new(c, third, d, fourth)],
            6 => [new(null, false, a, false), new(a, false, null, false)],
            _ => [new(-b * b.Sign, first, b * b.Sign, first)],
        };
    }

    // the same set in pieces that touch
    private Piece[] Split(Piece[] pieces)
    {
        if (_random.Next(4) != 0 || pieces is not [{ Low: { } low, High: { } high } piece]) return pieces;
        Fraction middle = (low + high) / 2;
        bool left = Coin();
        return [piece with { High = middle, HasHigh = left }, piece with { Low = middle, HasLow = !left }];
    }

    private Piece[] Slip(Piece[] pieces)
    {
        int at = _random.Next(pieces.Length);
        Piece piece = pieces[at];
        Piece[] changed = [.. pieces];
        changed[at] = _random.Next(6) switch
        {
            0 => piece with { HasLow = !piece.HasLow },
            1 => piece with { HasHigh = !piece.HasHigh },
            2 => piece with { Low = piece.Low + 1 },
            3 => piece with { High = piece.High - new Fraction(1, 2) },
            4 => piece with { Low = null, HasLow = false },
            _ => piece with { High = null, HasHigh = false },
        };
        return pieces.Length > 1 && _random.Next(3) == 0 ? [changed[at]] : changed;
    }

    private (string Kind, string Text) Write(Piece[] pieces)
    {
        Piece[] order = Coin() ? pieces : [.. pieces.Reverse()];
        string x = "x";
        if (pieces is [{ Low: null }, { High: null }] && pieces[0].High is { } hole && pieces[1].Low == hole && !pieces[0].HasHigh && !pieces[1].HasLow && _random.Next(3) != 0)
            return ("a point removed", Pick($"x \\ne {Number(hole)}", $"\\mathbb{{R}} \\setminus \\{{{Number(hole)}\\}}", $"x \\neq {Number(hole)}"));
        if (Modulus(pieces) is { } modulus && Coin()) return ("modulus", modulus);
        return _random.Next(3) switch
        {
            0 => ("intervals", (Coin() ? "" : "x \\in ") + string.Join(Pick(" \\cup ", "\\cup "), order.Select(Interval))),
            1 when pieces.Length == 1 => ("set builder", $"\\{{{x} {Pick("\\mid", ":", "|")} {Condition(pieces[0])}\\}}"),
            _ when pieces.Length == 1 => ("inequality", Condition(pieces[0])),
            _ => ("inequalities with or", string.Join(Pick(" \\text{ or } ", "\\text{ or }"), order.Select(Condition))),
        };
    }

    private string? Modulus(Piece[] pieces) => pieces switch
    {
        [{ Low: { } low, High: { } high } p] when low + high == 0 && p.HasLow == p.HasHigh => $"|x| {(p.HasLow ? Pick("\\le", "\\leq") : "<")} {Number(high)}",
        [{ Low: { } low, High: { } high } p] when p.HasLow == p.HasHigh && ((low + high) / 2).Sign > 0
            => $"|x - {Number((low + high) / 2)}| {(p.HasLow ? "\\le" : "<")} {Number((high - low) / 2)}",
        [{ Low: null, High: { } high } p, { High: null, Low: { } low } q] when p.HasHigh == q.HasLow && high + low == 0
            => $"|x| {(q.HasLow ? "\\ge" : ">")} {Number(low)}",
        _ => null,
    };

    private string Interval(Piece p)
        => Pick("", "\\left") is var left && left.Length > 0
            ? $"\\left{(p.HasLow ? "[" : "(")}{Low(p)}, {High(p)}\\right{(p.HasHigh ? "]" : ")")}"
            : $"{(p.HasLow ? "[" : "(")}{Low(p)}{Pick(",", ", ")}{High(p)}{(p.HasHigh ? "]" : ")")}";

    private string Low(Piece p) => p.Low is { } low ? Number(low) : "-\\infty";

    private string High(Piece p) => p.High is { } high ? Number(high) : Pick("\\infty", "+\\infty");

    private string Condition(Piece p)
    {
        string least = p.HasLow ? Pick("\\le", "\\leq", "\\leqslant") : "<", most = p.HasHigh ? Pick("\\le", "\\leq", "\\leqslant") : "<";
        return (p.Low, p.High) switch
        {
            (null, null) => "x \\in \\mathbb{R}",
            ({ } low, null) => Coin() ? $"x {(p.HasLow ? "\\ge" : ">")} {Number(low)}" : $"{Number(low)} {least} x",
            (null, { } high) => Coin() ? $"x {most} {Number(high)}" : $"{Number(high)} {(p.HasHigh ? "\\geq" : ">")} x",
            ({ } low, { } high) => _random.Next(4) == 0 ? $"{Number(high)} {(p.HasHigh ? "\\ge" : ">")} x {(p.HasLow ? "\\ge" : ">")} {Number(low)}"
                : $"{Number(low)} {least} x {most} {Number(high)}",
        };
    }

    private string Number(Fraction value)
        => value.IsWhole || Coin() ? value.ToDecimal() ?? Text(value) : Text(value);

    private string Text(Fraction value) => $"{(value.Sign < 0 ? "-" : "")}{Pick("\\frac", "\\dfrac")}{{{value.Top * value.Sign}}}{{{value.Bottom}}}";

    private bool Coin() => _random.Next(2) == 0;

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
