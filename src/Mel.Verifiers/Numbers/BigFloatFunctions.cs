using System.Numerics;

namespace Mel.Verifiers.Numbers;

/// <summary>Elementary functions of <see cref="BigFloat"/>, by argument reduction and Taylor series on fixed-point integers.</summary>
internal static class BigFloatFunctions
{
    // bits after the point of the fixed-point series; the guard bits absorb the truncations
    private const int Fixed = BigFloat.Precision + 32;

    private static readonly BigInteger Unit = BigInteger.One << Fixed;

    private static readonly BigInteger FixedLn2 = 2 * ArtanhInverse(3);

    private static readonly BigInteger FixedPi = 4 * (4 * ArctanInverse(5) - ArctanInverse(239));   // Machin

    public static BigFloat Pi { get; } = BigFloat.Create(FixedPi, -Fixed);

    public static BigFloat Ln2 { get; } = BigFloat.Create(FixedLn2, -Fixed);

    public static BigFloat Exp(BigFloat x)
    {
        if (!x.IsFinite || x.Scale > 30) return x is { IsFinite: true, Sign: < 0 } ? BigFloat.Zero : BigFloat.NaN;
        BigInteger value = ToFixed(x, out bool tiny);
        if (tiny) return BigFloat.One + x;
        BigInteger quotient = Round(value, FixedLn2);
        BigInteger rest = (value - quotient * FixedLn2) >> 8;
        BigInteger term = Unit, sum = Unit;
        for (int n = 1; !term.IsZero && n < 200; n++)
        {
            term = ((term * rest) >> Fixed) / n;
            if (term == BigInteger.MinusOne) break;
            sum += term;
        }
        for (int i = 0; i < 8; i++) sum = (sum * sum) >> Fixed;
        return BigFloat.Create(sum, -Fixed + (long)quotient);
    }

    /// <summary>The natural logarithm of a positive number.</summary>
    public static BigFloat Ln(BigFloat x)
    {
        if (!x.IsFinite || x.Sign <= 0) return BigFloat.NaN;
        long scale = x.Scale;
        BigFloat m = x.Shift(-scale);                    // [1/2, 1)
        if (m.CompareTo(BigFloat.FromRational(new BigRational(3, 4))) < 0)
        {
            m = m.Shift(1);
            scale--;
        }
        BigFloat z = (m - 1) / (m + 1);                  // |z| <= 1/5, ln m = 2 artanh z
        BigInteger value = ToFixed(z, out bool tiny);
        BigFloat artanh;
        if (tiny) artanh = z;
        else
        {
            BigInteger square = (value * value) >> Fixed, power = value, sum = value;
            for (int n = 3; n < 600; n += 2)
            {
                power = (power * square) >> Fixed;
                if (power.IsZero || power == BigInteger.MinusOne) break;
                sum += power / n;
            }
            artanh = BigFloat.Create(sum, -Fixed);
        }
        return artanh.Shift(1) + Ln2 * BigFloat.Create(scale, 0);
    }

    public static (BigFloat Sin, BigFloat Cos) SinCos(BigFloat x)
    {
        if (!x.IsFinite || x.Scale > 64) return (BigFloat.NaN, BigFloat.NaN);
        BigInteger value = ToFixed(x, out bool tiny);
        if (tiny) return (x, BigFloat.One);
        BigInteger quarter = FixedPi >> 1;
        BigInteger quotient = Round(value, quarter);
        BigInteger rest = value - quotient * quarter, square = (rest * rest) >> Fixed;
        BigInteger sin = rest, cos = Unit, sinTerm = rest, cosTerm = Unit;
        for (int n = 1; n < 200; n++)
        {
            cosTerm = -((cosTerm * square) >> Fixed) / ((2 * n - 1) * (2 * n));
            sinTerm = -((sinTerm * square) >> Fixed) / (2 * n * (2 * n + 1));
            if (BigInteger.Abs(cosTerm) <= 1 && BigInteger.Abs(sinTerm) <= 1) break;
            cos += cosTerm;
            sin += sinTerm;
        }
        (sin, cos) = ((int)(quotient & 3)) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
        return (Snap(sin, x.Scale), Snap(cos, x.Scale));
    }

    public static BigFloat Atan(BigFloat x)
    {
        if (!x.IsFinite) return BigFloat.NaN;
        if (x.Abs().CompareTo(BigFloat.One) > 0)
        {
            BigFloat rest = Pi.Shift(-1) - Atan(BigFloat.One / x.Abs());
            return x.Sign < 0 ? -rest : rest;
        }
        const int Halvings = 3;
        for (int i = 0; i < Halvings; i++) x /= BigFloat.One + (BigFloat.One + x * x).Sqrt();   // atan x = 2 atan(x / (1 + sqrt(1 + x^2)))
        BigInteger value = ToFixed(x, out bool tiny);
        if (tiny) return x.Shift(Halvings);
        BigInteger square = (value * value) >> Fixed, power = value, sum = value;
        for (int n = 3; n < 600; n += 2)
        {
            power = -((power * square) >> Fixed);
            if (BigInteger.Abs(power) <= 1) break;
            sum += power / n;
        }
        return BigFloat.Create(sum, -Fixed + Halvings);
    }

    /// <summary>The angle of the point (x, y), in (-pi, pi].</summary>
    public static BigFloat Atan2(BigFloat y, BigFloat x)
    {
        if (x.Sign > 0) return Atan(y / x);
        if (x.IsZero) return y.IsZero ? BigFloat.NaN : y.Sign > 0 ? Pi.Shift(-1) : -Pi.Shift(-1);
        return y.Sign >= 0 ? Atan(y / x) + Pi : Atan(y / x) - Pi;
    }

    // A sine of 1e-85 is the rounding of pi in the argument, not a value: below what the argument resolves the result is exactly zero.
    private static BigFloat Snap(BigInteger value, long scale)
        => BigInteger.Abs(value).GetBitLength() < Math.Max(24, Fixed - BigFloat.Precision + 8 + scale) ? BigFloat.Zero : BigFloat.Create(value, -Fixed);

    // tiny: below the resolution of the fixed point, where every series is its first term
    private static BigInteger ToFixed(BigFloat x, out bool tiny)
    {
        tiny = !x.IsZero && x.Scale < -BigFloat.Precision / 2;
        long shift = x.Exponent + Fixed;
        return tiny ? BigInteger.Zero : shift >= 0 ? x.Mantissa << (int)shift : x.Mantissa >> (int)Math.Min(-shift, int.MaxValue);
    }

    private static BigInteger Round(BigInteger value, BigInteger unit) => BigInteger.Divide(2 * value + value.Sign * unit, 2 * unit);

    private static BigInteger ArtanhInverse(int n)
    {
        BigInteger power = Unit / n, sum = power;
        for (int k = 3; !power.IsZero; k += 2)
        {
            power /= n * n;
            sum += power / k;
        }
        return sum;
    }

    private static BigInteger ArctanInverse(int n)
    {
        BigInteger power = Unit / n, sum = power;
        for (int k = 3, sign = -1; !power.IsZero; k += 2, sign = -sign)
        {
            power /= n * n;
            sum += sign * (power / k);
        }
        return sum;
    }
}
