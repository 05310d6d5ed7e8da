namespace Mel.Verifiers.Tests.Oracle;

/// <summary>
/// Pairs of sets of real numbers in the notations of intervals, inequalities and sets. Two sets are the same where they agree at every end and between any two
/// neighboring ends.
/// </summary>
internal sealed class RealSetPairs(int seed)
{
    private readonly Dice _dice = new(seed);

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
        Fraction a = new(_dice.Next(-30, 20), _dice.Next(3) == 0 ? _dice.Next(2, 5) : 1);
        Fraction b = a + _dice.Next(1, 25), c = b + _dice.Next(1, 12), d = c + _dice.Next(1, 9);
        bool first = _dice.Coin(), second = _dice.Coin(), third = _dice.Coin(), fourth = _dice.Coin();
        return _dice.Next(8) switch
        {
            0 or 1 => [new(a, first, b, second)],
            2 => [new(a, first, null, false)],
            3 => [new(null, false, b, second)],
            4 => [new(null, false, a, first), new(b, second, null, false)],
            5 => [new(a, first, b, second), new(c, third, d, fourth)],
            6 => [new(null, false, a, false), new(a, false, null, false)],
            _ => [new(-(c - a), first, c - a, first)],
        };
    }

    // the same set in pieces that touch
    private Piece[] Split(Piece[] pieces)
    {
        if (_dice.Next(4) != 0 || pieces is not [{ Low: { } low, High: { } high } piece]) return pieces;
        Fraction middle = (low + high) / 2;
        bool left = _dice.Coin();
        return [piece with { High = middle, HasHigh = left }, piece with { Low = middle, HasLow = !left }];
    }

    private Piece[] Slip(Piece[] pieces)
    {
        int at = _dice.Next(pieces.Length);
        Piece piece = pieces[at];
        Piece[] changed = [.. pieces];
        changed[at] = _dice.Next(6) switch
        {
            0 => piece with { HasLow = !piece.HasLow },
            1 => piece with { HasHigh = !piece.HasHigh },
            2 => piece with { Low = piece.Low + 1 },
            3 => piece with { High = piece.High - new Fraction(1, 2) },
            4 => piece with { Low = null, HasLow = false },
            _ => piece with { High = null, HasHigh = false },
        };
        return pieces.Length > 1 && _dice.Next(3) == 0 ? [changed[at]] : changed;
    }

    private (string Kind, string Text) Write(Piece[] pieces)
    {
        Piece[] order = _dice.Coin() ? pieces : [.. pieces.Reverse()];
        if (pieces is [{ Low: null, HasHigh: false, High: { } hole }, { High: null, HasLow: false }] && pieces[1].Low == hole && _dice.Next(3) != 0)
            return ("a point removed", _dice.Pick($"x \\ne {Number(hole)}", $"\\mathbb{{R}} \\setminus \\{{{Number(hole)}\\}}", $"x \\neq {Number(hole)}"));
        if (Modulus(pieces) is { } modulus && _dice.Coin()) return ("modulus", modulus);
        return _dice.Next(3) switch
        {
            0 => ("intervals", (_dice.Coin() ? "" : "x \\in ") + string.Join(_dice.Pick(" \\cup ", "\\cup "), order.Select(Interval))),
            1 when pieces.Length == 1 => ("set builder", $"\\{{x {_dice.Pick("\\mid", ":", "|")} {Condition(pieces[0])}\\}}"),
            _ when pieces.Length == 1 => ("inequality", Condition(pieces[0])),
            _ => ("inequalities with or", string.Join(_dice.Pick(" \\text{ or } ", "\\text{ or }"), order.Select(Condition))),
        };
    }

    private string? Modulus(Piece[] pieces) => pieces switch
    {
        [{ Low: { } low, High: { } high } p] when low + high == 0 && p.HasLow == p.HasHigh
            => $"|x| {(p.HasLow ? _dice.Pick("\\le", "\\leq") : "<")} {Number(high)}",
        [{ Low: { } low, High: { } high } p] when p.HasLow == p.HasHigh && ((low + high) / 2).Sign > 0
            => $"|x - {Number((low + high) / 2)}| {(p.HasLow ? "\\le" : "<")} {Number((high - low) / 2)}",
        [{ Low: null, High: { } high } p, { High: null, Low: { } low } q] when p.HasHigh == q.HasLow && high + low == 0
            => $"|x| {(q.HasLow ? "\\ge" : ">")} {Number(low)}",
        _ => null,
    };

    private string Interval(Piece p)
        => _dice.Coin()
            ? $"\\left{(p.HasLow ? "[" : "(")}{Low(p)}, {High(p)}\\right{(p.HasHigh ? "]" : ")")}"
            : $"{(p.HasLow ? "[" : "(")}{Low(p)}{_dice.Pick(",", ", ")}{High(p)}{(p.HasHigh ? "]" : ")")}";

    private string Low(Piece p) => p.Low is { } low ? Number(low) : "-\\infty";

    private string High(Piece p) => p.High is { } high ? Number(high) : _dice.Pick("\\infty", "+\\infty");

    private string Condition(Piece p)
    {
        string least = p.HasLow ? _dice.Pick("\\le", "\\leq", "\\leqslant") : "<", most = p.HasHigh ? _dice.Pick("\\le", "\\leq", "\\leqslant") : "<";
        return (p.Low, p.High) switch
        {
            (null, null) => "x \\in \\mathbb{R}",
            ({ } low, null) => _dice.Coin() ? $"x {(p.HasLow ? "\\ge" : ">")} {Number(low)}" : $"{Number(low)} {least} x",
            (null, { } high) => _dice.Coin() ? $"x {most} {Number(high)}" : $"{Number(high)} {(p.HasHigh ? "\\geq" : ">")} x",
            ({ } low, { } high) => _dice.Next(4) == 0 ? $"{Number(high)} {(p.HasHigh ? "\\ge" : ">")} x {(p.HasLow ? "\\ge" : ">")} {Number(low)}"
                : $"{Number(low)} {least} x {most} {Number(high)}",
        };
    }

    private string Number(Fraction value)
        => value.IsWhole || _dice.Coin() ? value.ToDecimal() ?? Text(value) : Text(value);

    private string Text(Fraction value) => $"{(value.Sign < 0 ? "-" : "")}{_dice.Pick("\\frac", "\\dfrac")}{{{value.Top * value.Sign}}}{{{value.Bottom}}}";
}
