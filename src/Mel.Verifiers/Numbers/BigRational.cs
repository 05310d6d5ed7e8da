using System.Globalization;
using System.Numerics;

namespace Mel.Verifiers.Numbers;

/// <summary>An exact rational number in lowest terms with a positive denominator. Callers bound the sizes before they multiply.</summary>
internal readonly struct BigRational : IEquatable<BigRational>, IComparable<BigRational>
{
    private readonly BigInteger _denominator;

    public BigRational(BigInteger integer)
    {
        Numerator = integer;
        _denominator = BigInteger.One;
    }

    /// <summary>Numerator over a denominator that is not zero; reduces.</summary>
    public BigRational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign < 0) (numerator, denominator) = (-numerator, -denominator);
        if (!denominator.IsOne)
        {
            BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
            if (!divisor.IsOne) (numerator, denominator) = (numerator / divisor, denominator / divisor);
        }
        Numerator = numerator;
        _denominator = denominator;
    }

    public BigInteger Numerator { get; }

    // default(BigRational) is zero: its denominator field is 0
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    public static BigRational Zero => default;

    public static BigRational One => new(BigInteger.One);

    public bool IsInteger => _denominator.IsZero || _denominator.IsOne;

    public bool IsZero => Numerator.IsZero;

    public bool IsOne => IsInteger && Numerator.IsOne;

    public int Sign => Numerator.Sign;

    /// <summary>Bits of the numerator and the denominator together: what an operation on it costs.</summary>
    public long Bits => (IsSmall(Numerator) ? 31 : (long)Numerator.GetBitLength()) + (IsSmall(_denominator) ? 31 : (long)_denominator.GetBitLength());

    public static BigRational operator -(BigRational a) => new(-a.Numerator, a.Denominator);

    public static BigRational operator +(BigRational a, BigRational b)
        => a.IsInteger && b.IsInteger
            ? new(a.Numerator + b.Numerator)
            : new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static BigRational operator -(BigRational a, BigRational b) => a + -b;

    public static BigRational operator *(BigRational a, BigRational b)
        => a.IsInteger && b.IsInteger
            ? new(a.Numerator * b.Numerator)
            : new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <summary>The quotient; <paramref name="b"/> is not zero.</summary>
    public static BigRational operator /(BigRational a, BigRational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator ==(BigRational a, BigRational b) => a.Equals(b);

    public static bool operator !=(BigRational a, BigRational b) => !a.Equals(b);

    public static bool operator <(BigRational a, BigRational b) => a.CompareTo(b) < 0;

    public static bool operator >(BigRational a, BigRational b) => a.CompareTo(b) > 0;

    public static bool operator <=(BigRational a, BigRational b) => a.CompareTo(b) <= 0;

    public static bool operator >=(BigRational a, BigRational b) => a.CompareTo(b) >= 0;

    public BigRational Abs() => Sign < 0 ? -this : this;

    /// <summary>The reciprocal; the number is not zero.</summary>
    public BigRational Inverse() => new(Denominator, Numerator);

    public BigInteger Floor() => IsInteger ? Numerator : BigInteger.DivRem(Numerator, Denominator, out BigInteger rest) - (rest.Sign < 0 ? 1 : 0);

    public BigInteger Ceiling() => -(-this).Floor();

    /// <summary>The power with an exponent of any sign; a negative exponent needs a base other than zero.</summary>
    public BigRational Pow(int exponent)
        => exponent >= 0
            ? new BigRational(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
            : Inverse().Pow(-exponent);

    public static BigRational PowerOfTen(int exponent)
        => exponent >= 0
            ? new(BigInteger.Pow(10, exponent))
            : new(BigInteger.One, BigInteger.Pow(10, -exponent));

    /// <summary>Rounds half away from zero to so many places after the point.</summary>
    public BigRational Round(int places)
    {
        BigRational scale = PowerOfTen(places);
        BigRational half = new(BigInteger.One, 2);
        BigInteger rounded = ((this * scale).Abs() + half).Floor();
        return new BigRational(Sign < 0 ? -rounded : rounded) / scale;
    }

    /// <summary>Whether the decimal expansion ends: the denominator has no prime factor but 2 and 5.</summary>
    public bool HasFiniteDecimal()
    {
        BigInteger rest = Denominator;
        if (rest.GetBitLength() > 512) return false;
        while (rest.IsEven) rest >>= 1;
        while (true)
        {
            BigInteger quotient = BigInteger.DivRem(rest, 5, out BigInteger remainder);
            if (!remainder.IsZero) break;
            rest = quotient;
        }
        return rest.IsOne;
    }

    public double ToDouble()
    {
        if (IsInteger) return (double)Numerator;
        long shift = (long)Denominator.GetBitLength() - (long)Numerator.GetBitLength() + 64;
        BigInteger quotient = shift >= 0 ? (Numerator << (int)shift) / Denominator : Numerator / (Denominator << (int)-shift);
        return Math.ScaleB((double)quotient, (int)Math.Clamp(-shift, -100000, 100000));
    }

    public int CompareTo(BigRational other)
        => IsInteger && other.IsInteger
            ? Numerator.CompareTo(other.Numerator)
            : (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public bool Equals(BigRational other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is BigRational other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    public override string ToString()
        => IsInteger
            ? Numerator.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static bool IsSmall(BigInteger value) => value.IsZero || (value >= int.MinValue && value <= int.MaxValue);
}
