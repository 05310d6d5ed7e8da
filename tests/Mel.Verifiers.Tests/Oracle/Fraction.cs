using System.Numerics;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>An exact fraction of the oracle, in lowest terms with a positive bottom.</summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    private readonly BigInteger _bottomLessOne; // so that default is 0/1

    public Fraction(BigInteger top, BigInteger bottom)
    {
        if (bottom.IsZero) throw new DivideByZeroException();
        if (!bottom.IsOne)
        {
            BigInteger common = BigInteger.GreatestCommonDivisor(top, bottom) * bottom.Sign;
            (top, bottom) = (top / common, bottom / common);
        }
        Top = top;
        _bottomLessOne = bottom - 1;
    }

    public BigInteger Top { get; }

    public BigInteger Bottom => _bottomLessOne + 1;

    public bool IsWhole => _bottomLessOne.IsZero;

    public int Sign => Top.Sign;

    public static implicit operator Fraction(int value) => new(value, 1);

    public static implicit operator Fraction(BigInteger value) => new(value, 1);

    public static Fraction operator +(Fraction a, Fraction b)
        => a.IsWhole && b.IsWhole ? a.Top + b.Top : new Fraction(a.Top * b.Bottom + b.Top * a.Bottom, a.Bottom * b.Bottom);

    public static Fraction operator -(Fraction a) => new(-a.Top, a.Bottom);

    public static Fraction operator -(Fraction a, Fraction b) => a + -b;

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Top * b.Top, a.Bottom * b.Bottom);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Top * b.Bottom, a.Bottom * b.Top);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    public int CompareTo(Fraction other) => (Top * other.Bottom).CompareTo(other.Top * Bottom);

    public BigInteger Floor()
    {
        BigInteger quotient = BigInteger.DivRem(Top, Bottom, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The finite decimal of the fraction, or null where it has none of at most four places.</summary>
    public string? ToDecimal()
    {
        for (int places = 0, scale = 1; places <= 4; places++, scale *= 10)
        {
            if (!(this * scale).IsWhole) continue;
            string digits = BigInteger.Abs((this * scale).Top).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
            return (Sign < 0 ? "-" : "") + (places == 0 ? digits : digits[..^places] + "." + digits[^places..]);
        }
        return null;
    }
}
