namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Pairs of scalar expressions: polynomials, fractions, radicals, trigonometry, exponentials, complex numbers, absolute values.</summary>
internal sealed class ScalarPairs(int seed) : ExpressionPairs(seed)
{
    private static readonly string[] Kinds = ["polynomial", "rational", "radical", "number", "trigonometry", "angle", "exponential", "complex", "absolute"];

    protected override bool? Same(Expression a, Expression b) => ComplexOracle.Same(a, b);

    protected override (string Kind, Expression Expression) Draw()
    {
        string kind = Kinds[Dice.Next(Kinds.Length)];
        return (kind, kind switch
        {
            "polynomial" => Polynomial(2),
            "rational" => Polynomial(1) / Polynomial(1) + (Dice.Coin() ? Small() / (Letter() + Small()) : Polynomial(1)),
            "radical" => Radical(2),
            "number" => Numbers(3),
            "trigonometry" => Trigonometry(),
            "angle" => Angle() + (Dice.Coin() ? Small() : Angle() * Small()),
            "exponential" => Exponential(),
            "complex" => Complex(2),
            _ => Absolute(),
        });
    }

    private Expression Polynomial(int depth)
    {
        if (depth == 0) return Dice.Next(3) == 0 ? Small() : Dice.Next(3) == 0 ? Letter() ^ Dice.Next(2, 4) : Letter();
        Expression a = Polynomial(depth - 1), b = Polynomial(depth - 1);
        return Dice.Next(5) switch { 0 => a * b, 1 => a - b, 2 => a + b, 3 => (a + Small()) ^ 2, _ => (a ^ 2) - (b ^ 2) };
    }

    private Expression Numbers(int depth)
    {
        if (depth == 0 || Dice.Next(5) == 0) return new Fraction(Dice.Next(1, 30), Dice.Next(1, 13));
        Expression a = Numbers(depth - 1), b = Numbers(depth - 1);
        return Dice.Next(4) switch { 0 => a * b, 1 => a - b, 2 => a + b, _ => a / b };
    }

    private Expression Radical(int depth)
    {
        if (depth == 0) return Dice.Next(3) == 0 ? Small() : Expression.Of("sqrt", Dice.Next(2, 60));
        Expression a = Radical(depth - 1), b = Radical(depth - 1);
        return Dice.Next(5) switch { 0 => a * b, 1 => a - b, 2 => a + b, 3 => a / b, _ => Expression.Of("sqrt", (a ^ 2) + Small()) };
    }

    private Expression Trigonometry()
    {
        Expression x = Letter(), turn = Dice.Coin() ? 2 * x : x + "pi" / (Expression)Dice.Next(2, 7);
        Expression first = Expression.Of(Dice.Coin() ? "sin" : "cos", Dice.Coin() ? x : turn);
        return Dice.Next(4) switch
        {
            0 => first + Expression.Of("tan", x),
            1 => (first ^ 2) + Small() * Expression.Of("cos", 2 * x),
            2 => Small() * first - Expression.Of("sin", turn) / Small(),
            _ => first * Expression.Of("cos", turn) + Small(),
        };
    }

    private Expression Angle()
        => Expression.Of(Dice.Coin() ? "sin" : "cos", Dice.Next(1, 12) * (Expression)"pi" / Dice.Pick(2, 3, 4, 6, 12, 5));

    private Expression Exponential() => Dice.Next(4) switch
    {
        0 => Expression.Of("exp", Small() + 1 / (Expression)Dice.Next(2, 6)) + Small(),
        1 => Expression.Of("ln", Dice.Next(2, 40)) * Small() + Expression.Of("ln", Dice.Next(2, 9)),
        2 => Expression.Of("exp", Letter() / (Expression)Dice.Next(90, 200)) * Polynomial(1),
        _ => (Expression.Of("exp", Small()) - Expression.Of("exp", -Small())) / 2,
    };

    private Expression Complex(int depth)
    {
        if (depth == 0) return Dice.Coin() ? Small() + Small() * "i" : Small() * "i";
        Expression a = Complex(depth - 1), b = Complex(depth - 1);
        return Dice.Next(5) switch { 0 => a * b, 1 => a - b, 2 => a + b, 3 => a / b, _ => a ^ 2 };
    }

    private Expression Absolute()
    {
        Expression x = Letter(), linear = Dice.Coin() ? x - Dice.Next(1, 120) : Small() * x + Dice.Next(-40, 40);
        return Dice.Next(5) switch
        {
            0 => Expression.Of("abs", linear),
            1 => Expression.Of("sqrt", linear ^ 2) + Small(),
            2 => Expression.Of(Dice.Coin() ? "max" : "min", x, Dice.Next(-90, 90)),
            3 => Expression.Of("abs", (x ^ 2) - Dice.Next(1, 150)),
            _ => Expression.Of("abs", linear) - Expression.Of("abs", x + Small()),
        };
    }

    private Expression Letter() => Dice.Next(3) == 0 ? Dice.Pick("x", "y", "a", "b", "t") : "x";

    private Expression Small() => Dice.Next(1, 10);
}
