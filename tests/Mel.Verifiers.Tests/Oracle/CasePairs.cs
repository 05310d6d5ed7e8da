namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Pairs of functions in pieces: rows in another order, conditions in other words, values rewritten; and rows with a slip.</summary>
internal sealed class CasePairs(int seed)
{
    private readonly Dice _dice = new(seed);
    private readonly LatexWriter _latex = new(new Dice(seed + 1));
    private readonly Rewriting _rewriting = new(new Dice(seed + 2));

    /// <summary>A function in pieces: a value left of the first bound, between bounds, and right of the last; a bound belongs to its right or left.</summary>
    private sealed record Pieces(bool Parity, int[] Bounds, bool[] ToTheRight, Expression[] Values)
    {
        public Expression At(Fraction x)
        {
            if (Parity) return Values[x.Top.IsEven ? 0 : 1];
            int piece = 0;
            while (piece < Bounds.Length && (x > Bounds[piece] || (x == Bounds[piece] && ToTheRight[piece]))) piece++;
            return Values[piece];
        }
    }

    public Pair Next(bool same)
    {
        while (true)
        {
            Pieces gold = Draw();
            Pieces answer = same ? gold with { Values = [.. gold.Values.Select(v => _rewriting.Rewrite(v, _dice.Next(2)))] } : Slip(gold);
            if (Agree(gold, answer) == same) return new Pair(gold.Parity ? "even and odd" : "bounds", Write(gold), Write(answer), same);
        }
    }

    private static bool Agree(Pieces a, Pieces b)
    {
        string letter = a.Parity ? "n" : "x";
        for (Fraction x = a.Parity ? 1 : -20; x < 20; x += a.Parity ? 1 : new Fraction(1, 2))
        {
            Dictionary<string, Fraction> point = new() { [letter] = x };
            if (a.At(x).At(point) is { } left && b.At(x).At(point) is { } right && left != right) return false;
        }
        return true;
    }

    private Pieces Draw()
    {
        if (_dice.Next(3) == 0) return new Pieces(true, [], [], [Value("n"), Value("n")]);
        int first = _dice.Next(-9, 9);
        int[] bounds = _dice.Next(3) == 0 ? [first, first + _dice.Next(1, 9)] : [first];
        return new Pieces(false, bounds, [.. bounds.Select(_ => _dice.Coin())], [.. Enumerable.Range(0, bounds.Length + 1).Select(_ => Value("x"))]);
    }

    private Expression Value(string letter) => _dice.Next(4) switch
    {
        0 => _dice.Next(-9, 30),
        1 => _dice.Next(2, 9) * (Expression)letter,
        2 => (Expression)letter + _dice.Next(1, 9),
        _ => ((Expression)letter ^ 2) - _dice.Next(1, 9),
    };

    private Pieces Slip(Pieces pieces)
    {
        int at = _dice.Next(pieces.Values.Length);
        switch (_dice.Next(pieces.Parity ? 2 : 4))
        {
            case 0:
                Expression[] turned = [.. pieces.Values.Skip(1), pieces.Values[0]];
                return pieces with { Values = turned };
            case 1:
                Expression[] values = [.. pieces.Values];
                values[at] = _rewriting.Slip(values[at]);
                return pieces with { Values = values };
            case 2:
                return pieces with { Bounds = [.. pieces.Bounds.Select(static b => b + 1)] };
            default:
                return pieces with { ToTheRight = [.. pieces.ToTheRight.Select(static r => !r)] };
        }
    }

    private string Write(Pieces pieces)
    {
        List<string> rows = [];
        for (int i = 0; i < pieces.Values.Length; i++)
            rows.Add($"{_latex.Write(pieces.Values[i])} & {_dice.Pick("", "\\text{if } ", "\\text{for }")}{Condition(pieces, i)}");
        if (_dice.Coin()) rows.Reverse();
        if (_dice.Next(4) == 0) rows[^1] = rows[^1][..rows[^1].IndexOf('&', StringComparison.Ordinal)] + "& \\text{otherwise}";
        return $"\\begin{{cases}}{string.Join(_dice.Pick(" \\\\ ", "\\\\"), rows)}\\end{{cases}}";
    }

    private string Condition(Pieces pieces, int i)
    {
        if (pieces.Parity) return i == 0 ? _dice.Pick("n \\text{ is even}", "n \\text{ even}") : _dice.Pick("n \\text{ is odd}", "n \\text{ odd}");
        string? low = i == 0 ? null : $"{pieces.Bounds[i - 1]}", high = i == pieces.Bounds.Length ? null : $"{pieces.Bounds[i]}";
        bool hasLow = i > 0 && pieces.ToTheRight[i - 1], hasHigh = high is not null && !pieces.ToTheRight[i];
        string least = hasLow ? _dice.Pick("\\le", "\\leq") : "<", most = hasHigh ? _dice.Pick("\\le", "\\leq") : "<";
        if (low is null) return $"x {most} {high}";
        if (high is null) return _dice.Coin() ? $"x {(hasLow ? _dice.Pick("\\ge", "\\geq") : ">")} {low}" : $"{low} {least} x";
        return $"{low} {least} x {most} {high}";
    }
}
