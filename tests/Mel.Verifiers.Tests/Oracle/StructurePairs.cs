namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Pairs of lists, sets, tuples, vectors, matrices, systems and equations of exact numbers.</summary>
internal sealed class StructurePairs(int seed)
{
    private readonly Dice _dice = new(seed);
    private readonly LatexWriter _latex = new(new Dice(seed + 1));
    private readonly Rewriting _rewriting = new(new Dice(seed + 2));

    public Pair Next(bool same)
    {
        while (true)
        {
            Pair? pair = _dice.Next(6) switch
            {
                0 => List(same),
                1 => Tuple(same),
                2 => Matrix(same),
                3 => System(same),
                4 => Line(same),
                _ => Decimal(same),
            };
            if (pair is not null) return pair;
        }
    }

    private static Fraction Of(Expression e)
        => e.At(new Dictionary<string, Fraction>()) ?? throw new InvalidOperationException("a number of the generator has no value");

    private Pair? List(bool same)
    {
        Expression[] items = Distinct(_dice.Next(2, 5));
        Expression[] answer = same ? [.. items.Select(Respelled)] : Slipped(items);
        _dice.Shuffle(answer);
        bool equal = items.Select(Of).Order().SequenceEqual(answer.Select(Of).Order());
        if (equal != same) return null;
        return _dice.Coin()
            ? new Pair("list", Comma(items), _dice.Pick(Comma(answer), Joined(answer)), same)
            : new Pair("set", $"\\{{{Comma(items)}\\}}", _dice.Pick($"\\{{{Comma(answer)}\\}}", $"\\left\\{{{Comma(answer)}\\right\\}}"), same);
    }

    private Pair? Tuple(bool same)
    {
        Expression[] items = Distinct(_dice.Next(2, 5));
        Expression[] answer = same ? [.. items.Select(Respelled)] : _dice.Coin() ? Slipped(items) : [.. items.Skip(1), items[0]];
        if (items.Select(Of).SequenceEqual(answer.Select(Of)) != same) return null;
        return new Pair("tuple", $"({Comma(items)})", _dice.Pick($"({Comma(answer)})", $"\\left({Comma(answer)}\\right)"), same);
    }

    private Pair? Matrix(bool same)
    {
        int rows = _dice.Next(2, 4), columns = _dice.Next(2, 4);
        Expression[] items = [.. Enumerable.Range(0, rows * columns).Select(_ => Entry())];
        Expression[] answer = same ? [.. items.Select(Respelled)] : [.. items];
        int width = columns;
        if (!same)
        {
            if (_dice.Coin())
                answer[_dice.Next(answer.Length)] = Of(answer[0]) + 41;
            else
                (answer, width) = ([.. Enumerable.Range(0, rows * columns).Select(k => items[k % rows * columns + k / rows])], rows);
        }
        if ((width == columns && items.Select(Of).SequenceEqual(answer.Select(Of))) != same) return null;
        return new Pair("matrix", Environment(items, columns), Environment(answer, width), same);
    }

    private Pair? System(bool same)
    {
        Expression x = Entry(), y = Entry(), first = same ? Respelled(x) : y, second = same ? Respelled(y) : x;
        if ((Of(x) == Of(first) && Of(y) == Of(second)) != same) return null;
        string one = $"x={_latex.Write(first)}", two = $"y={_latex.Write(second)}";
        string rows = one + "\\\\" + two;
        string answer = _dice.Pick($"{one}, {two}", $"{two}, {one}", $"{one} \\text{{ and }} {two}", $"\\begin{{cases}}{rows}\\end{{cases}}",
            $"\\left\\{{\\begin{{array}}{{l}}{rows}\\end{{array}}\\right.",
            $"\\begin{{aligned}}{rows.Replace("=", "&=", StringComparison.Ordinal)}\\end{{aligned}}");
        return new Pair("system", $"x={_latex.Write(x)}, y={_latex.Write(y)}", answer, same);
    }

    private Pair? Line(bool same)
    {
        int a = _dice.Next(1, 9), b = _dice.Next(1, 9), c = _dice.Next(1, 30), k = _dice.Next(2, 6) * (_dice.Coin() ? 1 : -1);
        Expression x = "x", y = "y";
        (int p, int q, int r) = (a * k, b * k, c * k);
        if (!same && _dice.Next(3) is var which) (p, q, r) = which switch { 0 => (p + 1, q, r), 1 => (p, -q, r), _ => (p, q, r + 1) };
        string gold = _latex.Write(a * x + b * y) + "=" + c;
        string answer = _dice.Next(3) switch
        {
            0 => _latex.Write(p * x + q * y) + "=" + r,
            1 => _latex.Write(q * y + p * x - r) + "=0",
            _ => "y=" + _latex.Write((Expression)new Fraction(-p, q) * x + (Expression)new Fraction(r, q)),
        };
        return ((long)p * b == (long)q * a && (long)r * b == (long)q * c) == same ? new Pair("line", gold, answer, same) : null;
    }

    private Pair? Decimal(bool same)
    {
        int a = _dice.Next(1, 40), b = _dice.Next(1, 99);
        string point = $"{a}.{b}";
        Fraction value = a + new Fraction(b, b < 10 ? 10 : 100);
        string fraction = $"\\frac{{{value.Top}}}{{{value.Bottom}}}";
        if (same) return new Pair("decimal", _dice.Pick(point, fraction), _dice.Pick(point + "0", fraction), true);
        string list = _dice.Pick($"{a}, {b}", $"{a} \\text{{ and }} {b}", $"{a} \\text{{ or }} {b}", $"\\{{{a}, {b}\\}}");
        string number = _dice.Pick(point, fraction);
        return _dice.Coin() ? new Pair("list against decimal", number, list, false) : new Pair("list against decimal", list, number, false);
    }

    private Expression Entry() => _dice.Next(3) == 0 ? new Fraction(_dice.Next(-30, 30), _dice.Next(2, 9)) : _dice.Next(-30, 60);

    private Expression[] Distinct(int count) => [.. Enumerable.Range(0, 40).Select(_ => Entry()).DistinctBy(Of).Take(count)];

    private Expression Respelled(Expression e) => _dice.Next(3) == 0 ? _rewriting.Rewrite(e, 1) : e;

    private Expression[] Slipped(Expression[] items)
    {
        Expression[] answer = [.. items];
        if (_dice.Next(3) == 0) return [.. answer.Skip(1)];
        answer[_dice.Next(answer.Length)] = _rewriting.Slip(answer[0]);
        return answer;
    }

    private string Environment(Expression[] items, int columns)
    {
        string name = _dice.Pick("pmatrix", "bmatrix");
        IEnumerable<string> rows = items.Chunk(columns).Select(row => string.Join(_dice.Pick(" & ", "&"), row.Select(_latex.Write)));
        return $"\\begin{{{name}}}{string.Join(" \\\\ ", rows)}\\end{{{name}}}";
    }

    private string Comma(Expression[] items) => string.Join(", ", items.Select(_latex.Write));

    private string Joined(Expression[] items)
        => string.Join(", ", items[..^1].Select(_latex.Write)) + _dice.Pick(" \\text{ and } ", " \\text{ or } ") + _latex.Write(items[^1]);
}
