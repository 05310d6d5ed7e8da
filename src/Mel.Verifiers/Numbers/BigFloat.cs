using System.Numerics;

namespace Mel.Verifiers.Numbers;

/// <summary>A binary floating-point number of <see cref="Precision"/> bits: mantissa times a power of two, rounded toward minus infinity.</summary>
internal readonly struct BigFloat
{
    /// <summary>Bits kept of every mantissa.</summary>
    public const int Precision = 288;

    /// <summary>Beyond this binary exponent a number counts as overflowed.</summary>
    public const long MaxExponent = 1L << 32;

    private BigFloat(BigInteger mantissa, long exponent, bool finite)
    {
        Mantissa = mantissa;
        Exponent = exponent;
        _broken = !finite;
    }

    private readonly bool _broken;

    public BigInteger Mantissa { get; }

    public long Exponent { get; }

    public bool IsFinite => !_broken;

    public static BigFloat NaN => new(BigInteger.Zero, 0, false);

    public static BigFloat Zero => default;

    public static BigFloat One => new(BigInteger.One, 0, true);

    public int Sign => Mantissa.Sign;

    public bool IsZero => Mantissa.IsZero;

    /// <summary>Position of the leading bit: the number lies in [2^(Scale-1), 2^Scale). Zero has the smallest scale there is.</summary>
    public long Scale => Mantissa.IsZero ? long.MinValue / 4 : Exponent + (long)BigInteger.Abs(Mantissa).GetBitLength();

    public static BigFloat Create(BigInteger mantissa, long exponent)
    {
        long excess = (long)mantissa.GetBitLength() - Precision;
        if (excess > 0)
        {
            mantissa >>= (int)excess;
            exponent += excess;
        }
        if (mantissa.IsZero) return Zero;
        return exponent is > MaxExponent or < -MaxExponent ? NaN : new BigFloat(mantissa, exponent, true);
    }

    public static BigFloat FromRational(BigRational value)
    {
        if (value.IsInteger) return Create(value.Numerator, 0);
        int shift = (int)Math.Max(0, (long)value.Denominator.GetBitLength() - (long)value.Numerator.GetBitLength() + Precision + 2);
        return Create((value.Numerator << shift) / value.Denominator, -shift);
    }

    public static implicit operator BigFloat(int value) => Create(value, 0);

    public static BigFloat operator -(BigFloat a) => new(-a.Mantissa, a.Exponent, a.IsFinite);

    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        if (!a.IsFinite || !b.IsFinite) return NaN;
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a.Exponent < b.Exponent) (a, b) = (b, a);
        long shift = a.Exponent - b.Exponent;
        if (a.Scale - b.Scale > Precision + 4) return a;
        if (b.Scale - a.Scale > Precision + 4) return b;
        return Create((a.Mantissa << (int)shift) + b.Mantissa, b.Exponent);
    }

    public static BigFloat operator -(BigFloat a, BigFloat b) => a + -b;

    public static BigFloat operator *(BigFloat a, BigFloat b)
        => a.IsFinite && b.IsFinite ? Create(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent) : NaN;

    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        if (!a.IsFinite || !b.IsFinite || b.IsZero) return NaN;
        int shift = (int)Math.Max(0, Precision + 2 - (long)a.Mantissa.GetBitLength() + (long)b.Mantissa.GetBitLength());
        return Create((a.Mantissa << shift) / b.Mantissa, a.Exponent - b.Exponent - shift);
    }

    public BigFloat Abs() => Sign < 0 ? -this : this;

    /// <summary>The number times 2^<paramref name="power"/>.</summary>
    public BigFloat Shift(long power) => IsZero || !IsFinite ? this : Create(Mantissa, Exponent + power);

    public int CompareTo(BigFloat other) => (this - other).Sign;

    /// <summary>The integer part toward minus infinity; null when it would need more than 4096 bits.</summary>
    public BigInteger? Floor()
    {
        if (!IsFinite || Scale > 4096) return null;
        if (Exponent >= 0) return Mantissa << (int)Exponent;
        return Exponent < -8192 ? (Sign < 0 ? -1 : 0) : Mantissa >> (int)-Exponent;
    }

    public double ToDouble()
    {
        if (!IsFinite) return double.NaN;
        if (IsZero) return 0;
        long drop = Math.Max(0, (long)BigInteger.Abs(Mantissa).GetBitLength() - 64);
        return Math.ScaleB((double)(Mantissa >> (int)drop), (int)Math.Clamp(Exponent + drop, -100000, 100000));
    }

    /// <summary>The square root of a number that is not negative.</summary>
    public BigFloat Sqrt()
    {
        if (!IsFinite || Sign < 0) return NaN;
        if (IsZero) return this;
        long shift = Math.Max(0, 2 * Precision + 4 - (long)Mantissa.GetBitLength());
        if (((Exponent - shift) & 1) != 0) shift++;
        return Create(IntegerSqrt(Mantissa << (int)shift), (Exponent - shift) / 2);
    }

    private static BigInteger IntegerSqrt(BigInteger value)
    {
        int bits = (int)value.GetBitLength();
        // a double gives the first 50 bits, every Newton step doubles them
        int drop = Math.Max(0, bits - 100) & ~1;
        BigInteger guess = (new BigInteger(Math.Sqrt((double)(value >> drop))) + 1) << (drop / 2);
        while (true)
        {
            BigInteger next = (guess + value / guess) >> 1;
            if (next >= guess) return guess;
            guess = next;
        }
    }
}
