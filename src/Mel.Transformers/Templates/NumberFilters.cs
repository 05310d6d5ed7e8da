using System.Globalization;
using System.Numerics;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters that give or take numbers.</summary>
internal static class NumberFilters
{
    public static Value Absolute(Rendering rendering, Value value) => value switch
    {
        NumberValue { AsInteger: { } whole } => IntValue.Of(BigInteger.Abs(whole)),
        FloatValue number => new FloatValue(Math.Abs(number.Number)),
        UndefinedValue undefined => throw new PythonException($"bad operand type for abs(): 'Undefined' ({undefined.Message})"),
        _ => throw new PythonException($"bad operand type for abs(): '{value.TypeName}'"),
    };

    public static Value Integer(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("int", 0, "default", "base");
        Value otherwise = values[0] ?? IntValue.Of(0);
        switch (value)
        {
            case UndefinedValue undefined:
                throw undefined.Failure();
            case NumberValue { AsInteger: { } whole }:
                return IntValue.Of(whole);
            case FloatValue number:
                return Truncated(number.Number, otherwise, isFloat: true);
            case TextValue text:
                if (text.Text.Length > Budget.MostDigits) return otherwise;
                if (Parse(text.Text, values[1] is { } size ? Operators.Small(size) : 10) is { } parsed) return IntValue.Of(parsed);
                return FloatText.Parse(text.Text) is { } real ? Truncated(real, otherwise, isFloat: false) : otherwise;
            default:
                return otherwise;
        }
    }

    public static Value Float(Rendering rendering, Value value, Arguments given)
    {
        Value otherwise = given.Bind("float", 0, "default")[0] ?? new FloatValue(0);
        return value switch
        {
            UndefinedValue undefined => throw undefined.Failure(),
            NumberValue number => new FloatValue(number.AsDouble),
            TextValue text => FloatText.Parse(text.Text) is { } real ? new FloatValue(real) : otherwise,
            _ => otherwise,
        };
    }

    public static Value Round(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("round", 0, "precision", "method");
        int precision = values[0] is { } digits ? Operators.Small(digits) : 0;
        string method = values[1] is { } text ? TextMethods.Text(text) : "common";
        if (method is not ("common" or "ceil" or "floor")) throw new PythonException("method must be common, ceil or floor");
        if (value is UndefinedValue undefined) throw undefined.Failure();
        if (value is not NumberValue number) throw new PythonException($"type {value.TypeName} doesn't define __round__ method");
        if (Math.Abs((long)precision) > 400) return precision > 0 ? value : new FloatValue(0);
        if (method == "common")
            return number.AsInteger is { } whole ? IntValue.Of(RoundedWhole(whole, precision)) : new FloatValue(Rounded(number.AsDouble, precision));
        Value power = Operators.Power(IntValue.Of(10), IntValue.Of(precision), rendering.Budget);
        var scaled = (NumberValue)Operators.Multiply(value, power, rendering.Budget);
        if (!double.IsFinite(scaled.AsDouble)) throw new PythonException("cannot convert float infinity or NaN to integer");
        BigInteger limit = scaled.AsInteger ?? new BigInteger(method == "ceil" ? Math.Ceiling(scaled.AsDouble) : Math.Floor(scaled.AsDouble));
        return Operators.Divide(IntValue.Of(limit), power);
    }

    public static Value Sum(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("sum", 0, "attribute", "start");
        AttributePath path = new(values[0] ?? NoneValue.Instance);
        Value sum = values[1] ?? IntValue.Of(0);
        if (sum is TextValue) throw new PythonException("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (Value item in value.Iterate()) sum = Operators.Add(sum, path.Of(item, rendering.Budget), rendering.Budget);
        return sum;
    }

    public static Value FileSize(Rendering rendering, Value value, Arguments given)
    {
        bool isBinary = given.Bind("filesizeformat", 0, "binary")[0]?.IsTrue == true;
        double bytes = value switch
        {
            NumberValue number => number.AsDouble,
            TextValue text when FloatText.Parse(text.Text) is { } real => real,
            UndefinedValue undefined => throw undefined.Failure(),
            _ => throw new PythonException("could not convert to float"),
        };
        int size = isBinary ? 1024 : 1000;
        if (bytes == 1) return new TextValue("1 Byte");
        if (bytes < size) return new TextValue(string.Create(CultureInfo.InvariantCulture, $"{(long)bytes} Bytes"));
        double unit = size;
        string prefix = "";
        foreach (string one in isBinary ? (string[])["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"])
        {
            (prefix, unit) = (one, unit * size);
            if (bytes < unit) break;
        }

        return new TextValue($"{FloatText.Fixed(size * bytes / unit, 1)} {prefix}");
    }

    /// <summary>A number rounded to decimals, half to even, from its exact value.</summary>
    public static double Rounded(double value, int decimals)
    {
        if (!double.IsFinite(value)) return value;
        BigInteger digits = FloatText.Rounded(value, decimals);
        double size = decimals > 0
            ? double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digits}E{-decimals}"), CultureInfo.InvariantCulture)
            : (double)(digits * BigInteger.Pow(10, -decimals));
        return double.IsNegative(value) ? -size : size;
    }

    private static BigInteger RoundedWhole(BigInteger value, int decimals)
    {
        if (decimals >= 0) return value;
        BigInteger unit = BigInteger.Pow(10, -decimals), quotient = BigInteger.DivRem(value, unit, out BigInteger rest);
        if (rest.Sign < 0) (quotient, rest) = (quotient - 1, rest + unit);
        int order = (rest * 2).CompareTo(unit);
        return (order > 0 || (order == 0 && !quotient.IsEven) ? quotient + 1 : quotient) * unit;
    }

    private static Value Truncated(double value, Value otherwise, bool isFloat)
    {
        if (double.IsNaN(value)) return otherwise;
        if (double.IsInfinity(value)) return isFloat ? throw new PythonException("cannot convert float infinity to integer") : otherwise;
        return IntValue.Of(new BigInteger(Math.Truncate(value)));
    }

    private static BigInteger? Parse(string text, int size)
    {
        text = TextMethods.Trim(text, null, start: true, end: true);
        bool isNegative = text.StartsWith('-');
        if (text is ['+' or '-', ..]) text = text[1..];
        int prefix = text.Length > 2 && text[0] == '0' ? char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefix != 0 && (size == prefix || size == 0))
        {
            (text, size) = (text[2..], prefix);
            if (text.StartsWith('_')) text = text[1..];
        }
        else if (size == 0)
        {
            if (text.Length > 1 && text[0] == '0' && text.Trim('0', '_').Length > 0) return null;
            size = 10;
        }

        if (FloatText.WithoutUnderscores(text) is not { Length: > 0 } digits) return null;
        if (size is < 2 or > 36) throw new PythonException("int() base must be >= 2 and <= 36, or 0");
        BigInteger value = BigInteger.Zero;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10
                : CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber ? CharUnicodeInfo.GetDecimalDigitValue(c) : 99;
            if (digit >= size) return null;
            value = (value * size) + digit;
        }

        return isNegative ? -value : value;
    }
}
