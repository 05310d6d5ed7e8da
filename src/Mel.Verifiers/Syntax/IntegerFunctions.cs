using System.Numerics;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Syntax;

/// <summary>Exact values of whole-number functions of numbers. Of variables they stay functions, whose values depend on the values of the variables.</summary>
internal static class IntegerFunctions
{
    private const int LargestFactorial = 300;

    /// <summary>The value of a function whose arguments allow it, or null to keep the node.</summary>
    public static Node? Fold(string name, Node[] arguments)
    {
        if (name is "gcd" or "lcm") return GcdLcm(name == "gcd", arguments, polynomials: false);
        if (name is "max" or "min" && arguments.Length == 1) return arguments[0];
        foreach (Node argument in arguments)
            if (argument.Kind != NodeKind.Number) return null;
        BigRational a = arguments[0].Value;
        switch (name)
        {
            case "abs": return Nodes.Number(a.Abs(), arguments[0].Decimals);
            case "re" or "conj": return arguments[0];
            case "im": return Nodes.Zero;
            case "floor": return Nodes.Number(new BigRational(a.Floor()));
            case "ceil": return Nodes.Number(new BigRational(a.Ceiling()));
            case "max": return arguments.MaxBy(static x => x.Value);
            case "min": return arguments.MinBy(static x => x.Value);
            case "mod" when !arguments[1].Value.IsZero:
                BigRational modulus = arguments[1].Value;
                return Nodes.Number(a - modulus * new BigRational((a / modulus).Floor()));
            case "factorial" when a.IsInteger && a.Sign >= 0 && a <= new BigRational(LargestFactorial):
                return Nodes.Number(new BigRational(Product((int)a.Numerator, 1)));
            case "factorial" when a.Denominator == 2 && a.Abs() <= new BigRational(LargestFactorial): return HalfFactorial(a);
            case "doublefactorial" when a.IsInteger && a >= new BigRational(-1) && a <= new BigRational(LargestFactorial):
                return Nodes.Number(new BigRational(Product((int)a.Numerator, 2)));
            case "binomial": return Binomial(a, arguments[1].Value) is { } value ? Nodes.Number(value) : null;
            default: return null;
        }
    }

    /// <summary>
    /// The common divisor or multiple of products of indeterminates, as computer algebra gives it: different letters have nothing in common. Null where an
    /// argument holds a letter that counts.
    /// </summary>
    public static Node? OfPolynomials(Node node)
        => node is { Kind: NodeKind.Function, Name: "gcd" or "lcm" } ? GcdLcm(node.Name == "gcd", node.Items, polynomials: true) : null;

    /// <summary>The binomial coefficient, null when the lower number is not whole or the result would be too large.</summary>
    public static BigRational? Binomial(BigRational n, BigRational k)
    {
        if (!k.IsInteger) return null;
        if (k.Sign < 0) return BigRational.Zero;
        if (n.IsInteger && n.Sign >= 0)
        {
            if (k > n) return BigRational.Zero;
            if (n - k < k) k = n - k;
        }
        if (k > new BigRational(1000)) return null;
        BigRational result = BigRational.One;
        int count = (int)k.Numerator;
        for (int i = 0; i < count; i++)
        {
            result = result * (n - new BigRational(i)) / new BigRational(i + 1);
            if (result.Bits > Nodes.MaxBits) return null;
        }
        return result;
    }

    private static BigInteger Product(int n, int step)
    {
        BigInteger product = BigInteger.One;
        for (int i = n; i > 1; i -= step) product *= i;
        return product;
    }

    // (1/2)! is half the root of pi, and x! = x (x - 1)! leads there from any half
    private static Node HalfFactorial(BigRational x)
    {
        BigRational half = new(BigInteger.One, 2), factor = half;
        for (; x > half; x -= BigRational.One) factor *= x;
        for (; x < half; x += BigRational.One) factor /= x + BigRational.One;
        return Nodes.Mul([Nodes.Number(factor), Nodes.Root(Nodes.Pi, Nodes.Two)]);
    }

    // Rational arguments: gcd of fractions. Products with constants such as roots: the coefficients by number, the other parts equal or coprime.
    // Multiples of one symbol have that symbol in common; of different symbols nothing is known.
    private static Node? GcdLcm(bool gcd, Node[] arguments, bool polynomials)
    {
        BigRational coefficient = default;
        bool negative = false, units = false, variables = false;
        List<Node> parts = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            (BigRational number, Node? part) = Split(arguments[i]);
            if (number.Bits + coefficient.Bits > Nodes.MaxBits) return null;
            coefficient = i == 0 ? number.Abs() : gcd ? Gcd(coefficient, number) : Lcm(coefficient, number);
            negative ^= number.Sign < 0;
            units |= arguments[i].Has(Traits.Decimal);
            variables |= arguments[i].Has(Traits.Variables);
            part ??= Nodes.One;
            if (!parts.Exists(part.SameAs)) parts.Add(part);
        }
        bool symbolic = parts.Exists(static p => p.Kind != NodeKind.Number);
        if (!symbolic) return Nodes.Number(coefficient);
        if (variables && !polynomials && (parts.Count > 1 || !coefficient.IsInteger)) return null;
        if (units) coefficient = BigRational.One;
        if (gcd) return parts.Count == 1 ? Nodes.Mul([Nodes.Number(coefficient), parts[0]]) : Nodes.Number(coefficient);
        return Nodes.Mul([Nodes.Number(negative ? -coefficient : coefficient), .. parts]);
    }

    private static (BigRational Coefficient, Node? Part) Split(Node node)
    {
        if (node.Kind == NodeKind.Number) return (node.Value, null);
        if (node.Kind != NodeKind.Mul || node.Items[0].Kind != NodeKind.Number) return (BigRational.One, node);
        return (node.Items[0].Value, Nodes.Mul(node.Items[1..]));
    }

    private static BigRational Gcd(BigRational a, BigRational b)
    {
        BigInteger denominator = a.Denominator / BigInteger.GreatestCommonDivisor(a.Denominator, b.Denominator) * b.Denominator;
        BigInteger left = (a * new BigRational(denominator)).Numerator, right = (b * new BigRational(denominator)).Numerator;
        return new BigRational(BigInteger.GreatestCommonDivisor(left, right), denominator);
    }

    private static BigRational Lcm(BigRational a, BigRational b)
    {
        BigRational divisor = Gcd(a, b);
        return divisor.IsZero ? BigRational.Zero : (a * b / divisor).Abs();
    }
}
