namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Pairs of integer functions of numbers and of symbols that stand for positive whole numbers.</summary>
internal sealed class IntegerPairs(int seed) : ExpressionPairs(seed)
{
    private Expression? _identity;

    protected override bool? Same(Expression a, Expression b) => IntegerOracle.Same(a, b);

    protected override Expression? Identity(Expression gold) => _identity;

    protected override (string Kind, Expression Expression) Draw()
    {
        (string kind, Expression gold, Expression? identity) = Dice.Next(6) switch
        {
            0 => Divisors(),
            1 => Rounding(),
            2 => Remainder(),
            3 => Chosen(),
            4 => Factorials(),
            _ => Numbers(),
        };
        _identity = identity;
        return (kind, gold);
    }

    private static Expression F(string name, Expression a, Expression b) => Expression.Of(name, a, b);

    private static Expression F(string name, Expression a) => Expression.Of(name, a);

    private (string, Expression, Expression?) Divisors()
    {
        Expression m = "m", n = "n", k = Dice.Next(2, 40), c = Dice.Next(1, 6);
        (Expression gold, Expression? same) = Dice.Next(10) switch
        {
            0 => (F("gcd", m, n), F("gcd", n, m)),
            1 => (F("gcd", n, k), F("gcd", k, n)),
            2 => (m + n - F("gcd", m, n), n - F("gcd", n, m) + m),
            3 => (F("gcd", c * m, c * n), c * F("gcd", m, n)),
            4 => (F("lcm", m, n), m * n / F("gcd", m, n)),
            5 => (F("gcd", m, m + n), F("gcd", n, m)),
            6 => (F("lcm", n, k), F("lcm", k, n)),
            7 => (F("gcd", n, n + k), F("gcd", n, k)),
            8 => (F("lcm", c * m, c * n) + c, c + c * F("lcm", n, m)),
            _ => ((Expression)2 ^ F("gcd", m, n), (Expression)2 ^ F("gcd", n, m)),
        };
        return ("gcd and lcm of symbols", gold, same);
    }

    private (string, Expression, Expression?) Rounding()
    {
        int d = Dice.Next(2, 60), c = Dice.Next(1, 9);
        Expression n = "n", k = d;
        (Expression gold, Expression? same) = Dice.Next(7) switch
        {
            0 => (F("floor", n / k), (n - F("mod", n, k)) / k),
            1 => (F("ceil", n / k), F("floor", (n + (d - 1)) / k)),
            2 => (F("floor", n / k) + c, F("floor", (n + c * d) / k)),
            3 => (F("floor", n / 2) + F("ceil", n / 2), n),
            4 => (F("ceil", n / k), -F("floor", -n / k)),
            5 => (F("floor", F("floor", n / k) / c), F("floor", n / (d * c))),
            _ => (F("floor", n / 2), (2 * n - 1 + (-(Expression)1 ^ n)) / 4),
        };
        return ("floor and ceiling of symbols", gold, same);
    }

    private (string, Expression, Expression?) Remainder()
    {
        int d = Dice.Next(2, 60), c = Dice.Next(1, 5);
        Expression n = "n", k = d;
        (Expression gold, Expression? same) = Dice.Next(4) switch
        {
            0 => (F("mod", n, k), n - k * F("floor", n / k)),
            1 => (F("mod", n + c * d, k), F("mod", n, k)),
            2 => (F("mod", n, k) + c, c + F("mod", n, k)),
            _ => (F("mod", n, 2), (1 - (Expression.Number(-1) ^ n)) / 2),
        };
        return ("mod of symbols", gold, same);
    }

    private (string, Expression, Expression?) Chosen()
    {
        Expression n = "n", k = "k";
        int c = Dice.Next(3, 45);
        (Expression gold, Expression? same) = Dice.Next(7) switch
        {
            0 => (F("binom", n, 2), n * (n - 1) / 2),
            1 => (F("binom", n + 1, 2), n * (n + 1) / 2),
            2 => (F("binom", n, 3), n * (n - 1) * (n - 2) / 6),
            3 => (F("binom", n, k) + F("binom", n, k + 1), F("binom", n + 1, k + 1)),
            4 => (k * F("binom", n, k), n * F("binom", n - 1, k - 1)),
            5 => (F("binom", n + c, c), F("binom", n + c, n)),
            _ => (F("binom", n, c) + F("binom", n, c + 1), F("binom", n + 1, c + 1)),
        };
        return ("binomials of symbols", gold, same);
    }

    private (string, Expression, Expression?) Factorials()
    {
        Expression n = "n";
        (Expression gold, Expression? same) = Dice.Next(5) switch
        {
            0 => (F("factorial", n + 1) / F("factorial", n), n + 1),
            1 => (F("factorial", n), n * F("factorial", n - 1)),
            2 => (F("factorial", n + 2) / F("factorial", n), (n + 1) * (n + 2)),
            3 => (F("factorial", n + 1) - F("factorial", n), n * F("factorial", n)),
            _ => (F("factorial", 2 * n) / (F("factorial", n) ^ 2), F("binom", 2 * n, n)),
        };
        return ("factorials of symbols", gold, same);
    }

    private (string, Expression, Expression?) Numbers()
    {
        int a = Dice.Next(2, 400), b = Dice.Next(2, 90), c = Dice.Next(2, 14);
        Expression gold = Dice.Next(8) switch
        {
            0 => F("gcd", a, b),
            1 => F("lcm", a, b),
            2 => F("mod", a, b),
            3 => F("floor", (Expression)a / b),
            4 => F("ceil", (Expression)a / b),
            5 => F("binom", c + 3, Dice.Next(0, c)),
            6 => F("factorial", c),
            _ => F("factorial", c + 2) / F("factorial", c),
        };
        return ("integer functions of numbers", gold, Expression.Number(gold.At(new Dictionary<string, Fraction>())!.Value));
    }
}
