using System.Numerics;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>A real number of the oracle with 192 binary places behind the point. Its functions are plain series.</summary>
internal readonly record struct Fixed(BigInteger Units)
{
    public const int Places = 192;

    public static readonly Fixed One = new(BigInteger.One << Places);
    public static readonly Fixed Pi = 16 * ArcTangentOfInverse(5) - 4 * ArcTangentOfInverse(239); // Machin

    public static Fixed Of(Fraction value) => new((value.Top << Places) / value.Bottom);

    public static Fixed operator +(Fixed a, Fixed b) => new(a.Units + b.Units);

    public static Fixed operator -(Fixed a, Fixed b) => new(a.Units - b.Units);

    public static Fixed operator -(Fixed a) => new(-a.Units);

    public static Fixed operator *(Fixed a, Fixed b) => new(a.Units * b.Units >> Places);

    public static Fixed operator *(int a, Fixed b) => new(a * b.Units);

    public static Fixed operator /(Fixed a, Fixed b) => new((a.Units << Places) / b.Units);

    public static Fixed operator /(Fixed a, int b) => new(a.Units / b);

    public bool IsNear(Fixed other, int bits)
    {
        BigInteger size = BigInteger.Max(BigInteger.Abs(Units), BigInteger.Abs(other.Units));
        return BigInteger.Abs(Units - other.Units) <= BigInteger.Max(size, One.Units) >> bits;
    }

    /// <summary>The square root of a number that is not negative.</summary>
    public Fixed SquareRoot()
    {
        if (Units.IsZero) return this;
        BigInteger square = Units << Places, root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2 + 1);
        for (BigInteger next; (next = root + square / root >> 1) < root;) root = next;
        return new(root);
    }

    public Fixed Exponential()
    {
        const int halvings = 12;
        Fixed x = new(Units >> halvings), sum = One, term = One;
        for (int k = 1; !(term = term * x / k).Units.IsZero && term.Units != -1; k++) sum += term;
        for (int k = 0; k < halvings; k++) sum *= sum;
        return sum;
    }

    /// <summary>The natural logarithm of a positive number: sixteen square roots, then the series of 2 artanh.</summary>
    public Fixed Logarithm()
    {
        Fixed root = this;
        for (int k = 0; k < 16; k++) root = root.SquareRoot();
        Fixed z = (root - One) / (root + One), square = z * z, sum = z, power = z;
        for (int k = 3; !(power *= square).Units.IsZero && power.Units != -1; k += 2) sum += power / k;
        return (2 << 16) * sum;
    }

    public (Fixed Sine, Fixed Cosine) SineAndCosine()
    {
        const int halvings = 8;
        BigInteger turn = 2 * Pi.Units, rest = BigInteger.Remainder(Units, turn);
        Fixed x = new(rest >> halvings), square = x * x, sine = x, cosine = One, odd = x, even = One;
        for (int k = 1; k < 60; k++)
        {
            even = -(even * square) / ((2 * k - 1) * (2 * k));
            odd = -(odd * square) / (2 * k * (2 * k + 1));
            (sine, cosine) = (sine + odd, cosine + even);
        }
        for (int k = 0; k < halvings; k++) (sine, cosine) = (2 * (sine * cosine), cosine * cosine - sine * sine);
        return (sine, cosine);
    }

    private static Fixed ArcTangentOfInverse(int n)
    {
        Fixed term = One / n, sum = term;
        for (int k = 3, sign = -1; !(term = term / (n * n)).Units.IsZero; k += 2, sign = -sign) sum += sign * (term / k);
        return sum;
    }
}
