using System.Globalization;
using System.Numerics;

namespace Mel.Transformers.Python;

/// <summary>How a value is written: <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c>.</summary>
internal sealed class FormatSpec
{
    public string Fill { get; set; } = " ";

    public char Align { get; set; }

    public char Sign { get; set; } = '-';

    public bool Alternate { get; set; }

    public int Width { get; set; }

    public char Grouping { get; set; }

    public int Precision { get; set; } = -1;

    public char Type { get; set; }

    /// <summary>Reads the part behind the colon of a replacement field.</summary>
    public static FormatSpec Parse(string text)
    {
        var spec = new FormatSpec();
        string[] points = [.. CodePoints.Each(text)];
        int at = 0;
        if (points.Length > 1 && points[1] is "<" or ">" or "=" or "^") (spec.Fill, spec.Align, at) = (points[0], points[1][0], 2);
        else if (points.Length > 0 && points[0] is "<" or ">" or "=" or "^") (spec.Align, at) = (points[0][0], 1);
        if (At("+", "-", " ")) spec.Sign = points[at++][0];
        if (At("z")) at++;
        if (At("#")) (spec.Alternate, at) = (true, at + 1);
        if (At("0"))
        {
            if (spec.Align == '\0') (spec.Fill, spec.Align) = ("0", '=');
            at++;
        }

        spec.Width = Number() ?? 0;
        if (At(",", "_")) spec.Grouping = points[at++][0];
        if (At("."))
        {
            at++;
            spec.Precision = Number() ?? throw new PythonException("Format specifier missing precision");
        }

        if (at < points.Length) spec.Type = points[at++][0];
        return at == points.Length ? spec : throw new PythonException("Invalid format specifier");

        bool At(params ReadOnlySpan<string> wanted) => at < points.Length && wanted.Contains(points[at]);

        int? Number()
        {
            int start = at;
            while (at < points.Length && char.IsAsciiDigit(points[at][0])) at++;
            if (at == start) return null;
            return int.TryParse(string.Concat(points[start..at]), CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new PythonException("Too many decimal digits in format string");
        }
    }

    /// <summary>What <c>format(value, spec)</c> gives.</summary>
    public static string Apply(Value value, string text, Budget budget)
    {
        if (text.Length == 0) return value.ToText(budget);
        FormatSpec spec = Parse(text);
        budget.RequireLength(Math.Max(spec.Width, spec.Precision));
        budget.Charge(1 + (Math.Max(spec.Width, spec.Precision) / 8));
        switch (value)
        {
            case BoolValue truth when spec.Type is '\0' or 's':
                return spec.Texts(truth.ToText(budget), budget);
            case NumberValue { AsInteger: { } whole } when spec.Type is '\0' or 'd' or 'b' or 'o' or 'x' or 'X' or 'n' or 'c':
                return spec.Integer(whole, budget);
            case NumberValue number when spec.Type is '\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%':
                return spec.Float(number.AsDouble, budget);
            case TextValue one when spec.Type is '\0' or 's':
                return spec.Texts(one.Text, budget);
            case TextValue or NumberValue:
                throw new PythonException($"Unknown format code '{spec.Type}' for object of type '{value.TypeName}'");
            default:
                throw new PythonException($"unsupported format string passed to {value.TypeName}.__format__");
        }
    }

    /// <summary>A text, cut to the precision and filled to the width.</summary>
    public string Texts(string text, Budget budget)
    {
        if (Align == '=' && Fill != "0") throw new PythonException("'=' alignment not allowed in string format specifier");
        if (Precision >= 0 && CodePoints.Count(text) > Precision) text = text[..CodePoints.Offset(text, Precision)];
        return Padded("", text, Align is '\0' or '=' ? '<' : Align, budget);
    }

    /// <summary>A whole number.</summary>
    public string Integer(BigInteger value, Budget budget)
    {
        if (Type == 'c') return Padded("", char.ConvertFromUtf32((int)value), Align == '\0' ? '<' : Align, budget);
        BigInteger size = BigInteger.Abs(value);
        (string prefix, string digits) = Type switch
        {
            'b' => ("0b", Digits(size, 1)),
            'o' => ("0o", Digits(size, 3)),
            'x' => ("0x", Digits(size, 4)),
            'X' => ("0X", Digits(size, 4).ToUpperInvariant()),
            _ => ("", size.ToString(CultureInfo.InvariantCulture)),
        };
        string sign = SignOf(value.Sign < 0) + (Alternate ? prefix : "");
        int group = Grouping == '_' && prefix.Length > 0 ? 4 : 3;
        return Padded(sign, Grouped(digits, "", sign.Length, group), Align == '\0' ? '>' : Align, budget);
    }

    /// <summary>A floating-point number.</summary>
    public string Float(double value, Budget budget)
    {
        string sign = SignOf(value < 0 || (value == 0 && double.IsNegative(value)));
        string tail = Type == '%' ? "%" : "", text;
        if (!double.IsFinite(value)) text = double.IsNaN(value) ? "nan" : "inf";
        else text = Body(Type == '%' ? value * 100 : value);
        if (Type is 'E' or 'F' or 'G') text = text.ToUpperInvariant();
        int end = text.AsSpan().IndexOfAny(".eEin");
        if (end < 0) end = text.Length;
        string shown = Grouped(text[..end], text[end..] + tail, sign.Length, 3);
        return Padded(sign, shown, Align == '\0' ? '>' : Align, budget);
    }

    /// <summary>Digits in a base that is a power of two.</summary>
    public static string Digits(BigInteger size, int bits)
    {
        if (size.IsZero) return "0";
        var digits = new List<char>();
        for (; !size.IsZero; size >>= bits) digits.Add("0123456789abcdef"[(int)(size & ((1 << bits) - 1))]);
        digits.Reverse();
        return new string([.. digits]);
    }

    private string Body(double value)
    {
        int precision = Precision < 0 ? 6 : Precision;
        switch (Type)
        {
            case 'f' or 'F' or '%':
                return FloatText.Fixed(value, precision) + (Alternate && precision == 0 ? "." : "");
            case 'e' or 'E':
                (string digits, int exponent) = FloatText.Significant(value, precision + 1);
                return FloatText.Exponential(digits, exponent, 'e');
            case '\0' when Precision < 0:
                return FloatText.Repr(value).TrimStart('-');
            default:
                return General(value, Math.Max(precision, 1));
        }
    }

    private string General(double value, int precision)
    {
        (string digits, int exponent) = FloatText.Significant(value, precision);
        bool exponential = exponent < -4 || exponent >= precision - (Type == '\0' ? 1 : 0);
        if (!Alternate) digits = digits.TrimEnd('0');
        if (digits.Length == 0) digits = "0";
        return exponential ? FloatText.Exponential(digits, exponent, 'e') : FloatText.Plain(digits, exponent, point: Type == '\0');
    }

    private string SignOf(bool negative) => negative ? "-" : Sign == '-' ? "" : Sign.ToString();

    /// <summary>Digits in groups; zeros that fill the width are grouped, too.</summary>
    private string Grouped(string digits, string tail, int signLength, int size)
    {
        if (Grouping == '\0') return digits + tail;
        if (Fill == "0" && Align == '=')
        {
            int room = Width - signLength - tail.Length;
            while (digits.Length + ((digits.Length - 1) / size) < room) digits = "0" + digits;
        }

        for (int i = digits.Length - size; i > 0; i -= size) digits = digits.Insert(i, Grouping.ToString());
        return digits + tail;
    }

    private string Padded(string sign, string text, char align, Budget budget) => align switch
    {
        '=' => sign + TextMethods.Pad(text, Width - sign.Length, Fill, "rjust", budget),
        '<' => TextMethods.Pad(sign + text, Width, Fill, "ljust", budget),
        '>' => TextMethods.Pad(sign + text, Width, Fill, "rjust", budget),
        _ => Centered(sign + text, budget),
    };

    private string Centered(string text, Budget budget)
    {
        int missing = Width - CodePoints.Count(text);
        if (missing <= 0) return text;
        return TextMethods.Pad(TextMethods.Pad(text, Width - missing + (missing / 2), Fill, "rjust", budget), Width, Fill, "ljust", budget);
    }
}
