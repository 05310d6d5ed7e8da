namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Changes of an expression: rewritings that keep its value, and slips that may not.</summary>
internal sealed class Rewriting(Dice dice)
{
    private static readonly int[] Squares = [4, 9, 16, 25, 36];

    /// <summary>The expression after some rewritings at random places.</summary>
    public Expression Rewrite(Expression e, int times)
    {
        for (int tries = 0; times > 0 && tries < 40; tries++)
        {
            Expression target = Pick(e);
            if (Rule(target) is not { } replacement) continue;
            e = e.With(target, replacement);
            times--;
        }
        return e;
    }

    /// <summary>The expression with one slip at a random place.</summary>
    public Expression Slip(Expression e)
    {
        for (int tries = 0; tries < 60; tries++)
        {
            Expression target = Pick(e);
            if (SlipOf(target) is { } replacement) return e.With(target, replacement);
        }
        return e + 1;
    }

    private Expression Pick(Expression e)
    {
        Expression[] all = [.. e.All()];
        return all[dice.Next(all.Length)];
    }

    private Expression? Rule(Expression e)
    {
        Expression A() => e.Parts[0];
        Expression B() => e.Parts[1];
        int n = dice.Next(2, 9);
        return (e.Head, dice.Next(3)) switch
        {
            ("+", 0) => B() + A(),
            ("+", 1) => A() - -B(),
            ("+", 2) when B().Head is "+" or "-" => Expression.Of(B().Head, A() + B().Parts[0], B().Parts[1]),
            ("-", 0) => -(B() - A()),
            ("-", 1) => A() + -B(),
            ("-", 2) when A().Head == "^" && B().Head == "^" && A().Parts[1].Value == 2 && B().Parts[1].Value == 2
                => (A().Parts[0] - B().Parts[0]) * (A().Parts[0] + B().Parts[0]),
            ("*", 0) => B() * A(),
            ("*", 1 or 2) when B().Head is "+" or "-" => Expression.Of(B().Head, A() * B().Parts[0], A() * B().Parts[1]),
            ("*", _) when A().Head is "+" or "-" => Expression.Of(A().Head, A().Parts[0] * B(), A().Parts[1] * B()),
            ("/", 0) => n * A() / (n * B()),
            ("/", 1) when A().Head is "+" or "-" => Expression.Of(A().Head, A().Parts[0] / B(), A().Parts[1] / B()),
            ("/", 2) => -A() / -B(),
            ("^", _) when e.Parts[1].IsNumber && e.Parts[1].Value.IsWhole && e.Parts[1].Value > 1
                => e.Parts[1].Value == 2 && A().Head is "+" ? (A().Parts[0] ^ 2) + 2 * A().Parts[0] * A().Parts[1] + (A().Parts[1] ^ 2)
                    : e.Parts[1].Value == 2 ? A() * A() : A() * (A() ^ (e.Parts[1].Value - 1)),
            ("neg", _) when A().Head == "-" => A().Parts[1] - A().Parts[0],
            _ when e.IsNumber && e.Value.IsWhole && e.Value.Sign > 0 => Expression.Number(e.Value - n) + n,
            _ => Function(e, n),
        };
    }

    private Expression? Function(Expression e, int n)
    {
        if (e.Parts.Count == 0) return null;
        Expression a = e.Parts[0], b = e.Parts[^1];
        return e.Head switch
        {
            "sqrt" when a.IsNumber && a.Value.IsWhole => Root(a.Value),
            "sqrt" when a.Head == "^" && a.Parts[1].Value == 2 => Expression.Of("abs", a.Parts[0]),
            "abs" when a.Head == "-" => Expression.Of("abs", a.Parts[1] - a.Parts[0]),
            "abs" => dice.Coin() ? Expression.Of("abs", -a) : Expression.Of("sqrt", a ^ 2),
            "max" or "min" => dice.Coin() ? Expression.Of(e.Head, b, a)
                : (e.Head == "max" ? a + b + Expression.Of("abs", a - b) : a + b - Expression.Of("abs", a - b)) / 2,
            "sin" when a.Head == "*" && a.Parts[0].IsNumber && a.Parts[0].Value == 2 => 2 * Expression.Of("sin", a.Parts[1]) * Expression.Of("cos", a.Parts[1]),
            "cos" when a.Head == "*" && a.Parts[0].IsNumber && a.Parts[0].Value == 2 => 1 - 2 * (Expression.Of("sin", a.Parts[1]) ^ 2),
            "sin" => dice.Coin() ? -Expression.Of("sin", -a) : Expression.Of("cos", "pi" / (Expression)2 - a),
            "cos" => dice.Coin() ? Expression.Of("cos", -a) : Expression.Of("sin", "pi" / (Expression)2 + a),
            "tan" => dice.Coin() ? Expression.Of("sin", a) / Expression.Of("cos", a) : Expression.Of("tan", a + "pi"),
            "exp" when a.Head == "+" => Expression.Of("exp", a.Parts[0]) * Expression.Of("exp", a.Parts[1]),
            "exp" => dice.Coin() ? 1 / Expression.Of("exp", -a) : Expression.Of("exp", a - n) * Expression.Of("exp", n),
            "ln" when a.IsNumber => dice.Coin() ? Expression.Of("ln", a.Value * n) - Expression.Of("ln", n) : Expression.Of("ln", a ^ 2) / 2,
            _ => null,
        };
    }

    private Expression? Root(Fraction inside)
    {
        foreach (int square in Squares)
            if ((inside / square).IsWhole && inside > square) return (int)Math.Sqrt(square) * Expression.Of("sqrt", inside / square);
        int k = dice.Next(2, 6);
        return dice.Coin() ? Expression.Of("sqrt", inside * k * k) / k : inside / Expression.Of("sqrt", inside);
    }

    private Expression? SlipOf(Expression e) => e.Head switch
    {
        "#" => Expression.Number(e.Value + (e.Value.IsWhole ? dice.Pick(1, 1, -1, dice.Next(2, 12)) : new Fraction(1, e.Value.Bottom))),
        "+" => e.Parts[0] - e.Parts[1],
        "-" => dice.Coin() ? e.Parts[0] + e.Parts[1] : e.Parts[1] - e.Parts[0],
        "*" => dice.Coin() ? e.Parts[0] + e.Parts[1] : e.Parts[0],
        "/" => dice.Coin() ? e.Parts[1] / e.Parts[0] : e.Parts[0] * e.Parts[1],
        "neg" or "abs" or "floor" or "ceil" or "sqrt" or "factorial" when dice.Coin() => e.Parts[0],
        "abs" => -e.Parts[0],
        "floor" => Expression.Of("ceil", e.Parts[0]),
        "ceil" => Expression.Of("floor", e.Parts[0]),
        "sin" => Expression.Of("cos", e.Parts[0]),
        "cos" => Expression.Of("sin", e.Parts[0]),
        "tan" => 1 / e,
        "max" => Expression.Of("min", e.Parts[0], e.Parts[1]),
        "min" => dice.Coin() ? e.Parts[0] : e.Parts[1],
        "gcd" => dice.Next(3) switch { 0 => Expression.Of("lcm", e.Parts[0], e.Parts[1]), 1 => e.Parts[0], _ => 1 },
        "lcm" => dice.Coin() ? e.Parts[0] * e.Parts[1] : Expression.Of("gcd", e.Parts[0], e.Parts[1]),
        "mod" => e.Parts[0],
        "binom" => dice.Coin() ? 0 : Expression.Of("binom", e.Parts[0] + 1, e.Parts[1]),
        _ => null,
    };
}
