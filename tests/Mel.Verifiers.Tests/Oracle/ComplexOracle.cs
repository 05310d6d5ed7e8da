namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Values of expressions in 192 binary places, and the comparison of two expressions at points far apart.</summary>
internal static class ComplexOracle
{
    private static readonly Fraction[] Grid =
    [
        new(7, 3), new(-5, 2), new(1, 9), new(-31, 4), new(281, 7), new(-301, 3), new(19, 5), new(-2, 7), new(3001, 11), new(-2903, 13),
    ];

    private static readonly Dictionary<string, Fraction> Nowhere = [];

    /// <summary>Whether the expressions agree wherever both are real, or in all the plane where the first holds i; null where nothing decides.</summary>
    public static bool? Same(Expression a, Expression b)
    {
        string[] letters = [.. a.Letters().Union(b.Letters())];
        bool complex = a.All().Any(static e => e.Head == "i");
        int decided = 0;
        for (int i = 0; i < (letters.Length == 0 ? 1 : Grid.Length); i++)
        {
            Dictionary<string, Complex> point = [];
            for (int k = 0; k < letters.Length; k++) point[letters[k]] = new(Fixed.Of(Grid[(i * (2 * k + 1) + 3 * k) % Grid.Length]), default);
            if (At(a, point) is not { } left || At(b, point) is not { } right) continue;
            if (!complex && !(left.IsReal && right.IsReal)) continue;
            if (!left.Re.IsNear(right.Re, 30) || !left.Im.IsNear(right.Im, 30)) return false;
            if (!left.Re.IsNear(right.Re, 90) || !left.Im.IsNear(right.Im, 90)) return null;
            decided++;
        }
        return decided >= (letters.Length == 0 ? 1 : 3) ? true : null;
    }

    /// <summary>The value at a point, or null where it is undefined or too large to be held.</summary>
    public static Complex? At(Expression e, IReadOnlyDictionary<string, Complex> point)
    {
        if (e.IsNumber) return Real(Fixed.Of(e.Value));
        if (e.Parts.Count == 0) return Leaf(e.Head, point);
        if (At(e.Parts[0], point) is not { } x) return null;
        if (e.Head == "^") return e.Parts[1].At(Nowhere) is { IsWhole: true } exponent ? Power(x, exponent) : null;
        if (e.Parts.Count == 1) return Function(e.Head, x);
        if (At(e.Parts[1], point) is not { } y) return null;
        return e.Head switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "max" => x.Re.Units > y.Re.Units ? x : y,
            "min" => x.Re.Units < y.Re.Units ? x : y,
            _ => null,
        };
    }

    private static Complex Real(Fixed value) => new(value, default);

    private static Complex? Leaf(string name, IReadOnlyDictionary<string, Complex> point) => name switch
    {
        "pi" => Real(Fixed.Pi),
        "e" => Real(Fixed.One.Exponential()),
        "i" => new(default, Fixed.One),
        _ => point[name],
    };

    private static Complex? Power(Complex x, Fraction exponent)
    {
        int n = (int)exponent.Top;
        Complex power = Real(Fixed.One);
        for (int k = 0; k < Math.Abs(n); k++) power *= x;
        return n < 0 ? Real(Fixed.One) / power : power;
    }

    private static Complex? Function(string name, Complex x)
    {
        if (name == "neg") return new(-x.Re, -x.Im);
        if (name == "abs") return Real(x.Square.SquareRoot());
        if (name == "exp")
        {
            if (BigSize(x.Re)) return null;
            Fixed size = x.Re.Exponential();
            (Fixed sine, Fixed cosine) = x.Im.SineAndCosine();
            return new(size * cosine, size * sine);
        }
        if (!x.IsReal || (name is "sqrt" or "ln" && x.Re.Units.Sign < 0)) return null;
        if (name == "sqrt") return Real(x.Re.SquareRoot());
        if (name == "ln") return x.Re.Units.IsZero ? null : Real(x.Re.Logarithm());
        (Fixed s, Fixed c) = x.Re.SineAndCosine();
        return name switch { "sin" => Real(s), "cos" => Real(c), "tan" => Real(s) / Real(c), _ => null };
    }

    private static bool BigSize(Fixed value) => System.Numerics.BigInteger.Abs(value.Units) > 40 * Fixed.One.Units;
}
