using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Mel.Transformers.Python;

/// <summary>Floating-point numbers as Python reads and writes them.</summary>
internal static class FloatText
{
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.e+-_");

    /// <summary>The shortest decimal that reads back the same, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value)) return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        (bool negative, string digits, int exponent) = Shortest(value);
        string text = exponent is < -4 or >= 16 ? Exponential(digits, exponent, 'e') : Plain(digits, exponent, point: true);
        return negative ? "-" + text : text;
    }

    /// <summary>Sign, significant digits, and the decimal exponent of the first digit.</summary>
    public static (bool Negative, string Digits, int Exponent) Shortest(double value)
    {
        if (value == 0) return (double.IsNegative(value), "0", 0);
        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        string[] parts = shortest.Split('E');
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        int exponent;
        if (parts.Length > 1)
        {
            int point = parts[0].IndexOf('.', StringComparison.Ordinal);
            exponent = int.Parse(parts[1], CultureInfo.InvariantCulture) + (point < 0 ? parts[0].Length : point) - 1;
        }
        else
        {
            int point = shortest.IndexOf('.', StringComparison.Ordinal);
            string whole = point < 0 ? shortest : shortest[..point];
            exponent = whole != "0" ? whole.Length - 1 : -(shortest.Length - shortest[(point + 1)..].TrimStart('0').Length - point);
        }

        return (value < 0, digits.Length == 0 ? "0" : digits, exponent);
    }

    /// <summary>Digits with an exponent.</summary>
    public static string Exponential(string digits, int exponent, char letter)
        => string.Create(CultureInfo.InvariantCulture,
            $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits.AsSpan(1)}{letter}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

    /// <summary>Digits without an exponent.</summary>
    public static string Plain(string digits, int exponent, bool point)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0') + (point ? ".0" : "");
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>The exact value rounded to decimals, half to even, as whole digits: 1.25 with one decimal is 12.</summary>
    public static BigInteger Rounded(double value, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        int power = (int)(bits >> 52);
        BigInteger mantissa = power == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
        int shift = (power == 0 ? 1 : power) - 1075;
        BigInteger over = mantissa, under = BigInteger.One;
        if (decimals >= 0) over *= BigInteger.Pow(10, decimals);
        else under *= BigInteger.Pow(10, -decimals);
        if (shift >= 0) over <<= shift;
        else under <<= -shift;
        BigInteger whole = BigInteger.DivRem(over, under, out BigInteger rest);
        int order = (rest * 2).CompareTo(under);
        return order > 0 || (order == 0 && !whole.IsEven) ? whole + 1 : whole;
    }

    /// <summary>The number with a fixed count of decimals, without its sign.</summary>
    public static string Fixed(double value, int decimals)
    {
        string digits = Rounded(value, decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? digits : digits[..^decimals] + "." + digits[^decimals..];
    }

    /// <summary>The number to a count of significant digits, without its sign: the digits, and the exponent of the first.</summary>
    public static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0) return (new string('0', count), 0);
        int exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        for (int guess = exponent + 1; ; guess--)
        {
            string digits = Rounded(value, count - 1 - guess).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count) return (digits, guess);
            if (digits.Length > count) return (digits[..count], guess + 1);
        }
    }

    /// <summary>A number in Python's spelling, or null.</summary>
    public static double? Parse(string text)
    {
        text = text.Trim([.. text.Where(CodePoints.IsSpace).Distinct()]);
        string bare = text.TrimStart('+', '-').ToLowerInvariant();
        if (text.Length - bare.Length > 1) return null;
        bool negative = text.StartsWith('-');
        if (bare is "inf" or "infinity") return negative ? double.NegativeInfinity : double.PositiveInfinity;
        if (bare == "nan") return double.NaN;
        if (WithoutUnderscores(text) is not { } plain || plain.Length == 0 || bare.AsSpan().IndexOfAnyExcept(Numeric) >= 0) return null;
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    /// <summary>Digits without the single underscores that may part them, or null where one stands elsewhere.</summary>
    public static string? WithoutUnderscores(string text)
    {
        for (int i = text.IndexOf('_', StringComparison.Ordinal); i >= 0; i = text.IndexOf('_', i + 1))
        {
            if (i == 0 || i + 1 == text.Length || !char.IsAsciiHexDigit(text[i - 1]) || !char.IsAsciiHexDigit(text[i + 1])) return null;
        }

        return text.Replace("_", "", StringComparison.Ordinal);
    }
}
