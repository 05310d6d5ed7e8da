using System.Numerics;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Functions of whole numbers by their definitions, and the comparison of two expressions over a wide range of whole numbers.</summary>
internal static class IntegerOracle
{
    // small numbers without a gap, then a few far beyond every constant the generator writes
    private static readonly int[] Line = [.. Enumerable.Range(1, 74), 84, 90, 97, 119, 120, 168, 199, 360, 719, 2310];
    private static readonly int[] Short = [1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 20, 36, 49, 97];

    /// <summary>Whether the expressions agree at every positive whole point; null where too few points decide.</summary>
    public static bool? Same(Expression a, Expression b)
    {
        string[] letters = [.. a.Letters().Union(b.Letters())];
        int decided = 0;
        foreach (Dictionary<string, Fraction> point in Points(letters))
        {
            if (a.At(point) is not { } left || b.At(point) is not { } right) continue;
            if (left != right) return false;
            decided++;
        }
        return decided >= (letters.Length == 0 ? 1 : 12) ? true : null;
    }

    public static Fraction? Power(Fraction number, Fraction exponent)
    {
        if (!exponent.IsWhole || BigInteger.Abs(exponent.Top) > 6000) return null;
        int n = (int)exponent.Top;
        if (n < 0 && number.Sign == 0) return null;
        Fraction power = new(BigInteger.Pow(number.Top, Math.Abs(n)), BigInteger.Pow(number.Bottom, Math.Abs(n)));
        return n < 0 ? 1 / power : power;
    }

    public static Fraction? Function(string name, BigInteger a, BigInteger b) => name switch
    {
        "gcd" => BigInteger.GreatestCommonDivisor(a, b),
        "lcm" => a.IsZero || b.IsZero ? BigInteger.Zero : BigInteger.Abs(a / BigInteger.GreatestCommonDivisor(a, b) * b),
        "mod" => b.Sign <= 0 ? null : ((a % b) + b) % b,
        "factorial" => a.Sign < 0 || a > 120 ? null : Product(1, (int)a),
        "binom" => a.Sign < 0 || b.Sign < 0 || a > 2400 || (a > 200 && b > 60 && a - b > 60) ? null : Binomial((int)a, b),
        _ => null,
    };

    private static Fraction Binomial(int n, BigInteger k)
    {
        if (k > n) return 0;
        int few = (int)BigInteger.Min(k, n - k);
        return new(Product(n - few + 1, n), Product(1, few));
    }

    private static BigInteger Product(int from, int to)
    {
        BigInteger product = 1;
        for (int i = from; i <= to; i++) product *= i;
        return product;
    }

    private static IEnumerable<Dictionary<string, Fraction>> Points(string[] letters)
    {
        if (letters.Length == 0) return [[]];
        if (letters.Length == 1) return Line.Select(n => new Dictionary<string, Fraction> { [letters[0]] = n });
        return from m in Short from n in Short select new Dictionary<string, Fraction> { [letters[0]] = m, [letters[1]] = n };
    }
}
