using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Formats of the kind <c>"%s is %d" % (name, age)</c>.</summary>
internal static class PercentFormat
{
    public static Value Apply(TextValue format, Value values, Budget budget)
    {
        budget.ChargeText(format.Text.Length);
        var written = new StringBuilder();
        IReadOnlyList<Value> given = values is TupleValue tuple ? tuple.Values : [values];
        var map = values as MapValue;
        int next = 0;
        string text = format.Text;
        for (int i = 0; i < text.Length;)
        {
            int percent = text.IndexOf('%', i);
            if (percent < 0) percent = text.Length;
            written.Append(text, i, percent - i);
            if (percent == text.Length) break;
            i = percent + 1;
            written.Append(One(format, ref i, map, Next, budget));
            budget.ChargeText(1);
            budget.RequireLength(written.Length);
        }

        if (next < given.Count && values is not (MapValue or ListValue or RangeValue or UndefinedValue))
            throw new PythonException("not all arguments converted during string formatting");
        budget.ChargeText(written.Length);
        return format.With(written.ToString());

        Value Next() => next < given.Count ? given[next++] : throw new PythonException("not enough arguments for format string");
    }

    private static string One(TextValue format, ref int i, MapValue? map, Func<Value> next, Budget budget)
    {
        string text = format.Text;
        Value? member = null;
        if (Peek(i) == '(')
        {
            int close = text.IndexOf(')', i);
            if (close < 0) throw new PythonException("incomplete format key");
            if (map is null) throw new PythonException("format requires a mapping");
            member = map.Find(text[(i + 1)..close]) ?? throw new PythonException($"KeyError: {Runtime.Excerpt.Quoted(text[(i + 1)..close])}");
            i = close + 1;
        }

        string flags = "";
        for (; Peek(i) is '-' or '+' or ' ' or '#' or '0'; i++) flags += flags.Contains(text[i], StringComparison.Ordinal) ? "" : text[i];
        int width = Number(ref i, 0);
        if (width < 0) (width, flags) = (-width, flags + "-");
        int precision = -1;
        if (Peek(i) == '.')
        {
            i++;
            precision = Number(ref i, 0);
        }

        while (Peek(i) is 'l' or 'h' or 'L') i++;
        char kind = Peek(i++);
        if (kind == '\0') throw new PythonException("incomplete format");
        budget.RequireLength(Math.Max(width, precision));
        budget.Charge((width + Math.Max(0, precision)) / 8);
        if (kind == '%') return "%";
        Value value = member ?? next();
        var spec = new FormatSpec { Width = width, Precision = precision, Alternate = flags.Contains('#', StringComparison.Ordinal) };
        bool left = flags.Contains('-', StringComparison.Ordinal);
        spec.Align = left ? '<' : '>';
        spec.Sign = flags.Contains('+', StringComparison.Ordinal) ? '+' : flags.Contains(' ', StringComparison.Ordinal) ? ' ' : '-';
        if (kind is 's' or 'r' or 'a')
        {
            string shown = kind == 's' ? value.ToText(budget) : value.Repr(budget);
            return spec.Texts(format.IsSafe && value is not TextValue { IsSafe: true } ? Html.Escape(shown, budget) : shown, budget);
        }

        if (flags.Contains('0', StringComparison.Ordinal) && !left) (spec.Fill, spec.Align) = ("0", '=');
        if (kind == 'c')
        {
            string shown = value is TextValue one && CodePoints.Count(one.Text) == 1 ? one.Text
                : value is NumberValue { AsInteger: { } code } && code >= 0 && code < 0x110000 ? char.ConvertFromUtf32((int)code)
                : throw new PythonException("%c requires int or char");
            spec.Precision = -1;
            (spec.Fill, spec.Align) = (" ", left ? '<' : '>');
            return spec.Texts(shown, budget);
        }

        if (value is UndefinedValue undefined) throw undefined.Failure();
        if (value is not NumberValue number) throw new PythonException($"%{kind} format: a real number is required, not {value.TypeName}");
        switch (kind)
        {
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                if (kind is 'x' or 'X' or 'o' && number.AsInteger is null) throw new PythonException($"%{kind} format: an integer is required, not float");
                spec.Type = kind is 'i' or 'u' ? 'd' : kind;
                BigInteger whole = number.AsInteger ?? new BigInteger(Math.Truncate(number.AsDouble));
                return WithDigits(spec, whole, budget);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                spec.Type = kind;
                return spec.Float(number.AsDouble, budget);
            default:
                throw new PythonException($"unsupported format character '{kind}'");
        }

        char Peek(int at) => at < text.Length ? text[at] : '\0';

        int Number(ref int at, int otherwise)
        {
            if (Peek(at) == '*')
            {
                at++;
                return Operators.Small(next());
            }

            int start = at;
            while (char.IsAsciiDigit(Peek(at))) at++;
            if (at == start) return otherwise;
            return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new PythonException("width too big");
        }
    }

    private static string WithDigits(FormatSpec spec, BigInteger whole, Budget budget)
    {
        int digits = spec.Precision;
        spec.Precision = -1;
        if (digits < 0) return spec.Integer(whole, budget);
        var bare = new FormatSpec { Type = spec.Type, Align = '<' };
        string sign = whole.Sign < 0 ? "-" : spec.Sign == '-' ? "" : spec.Sign.ToString();
        string prefix = spec.Alternate ? spec.Type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", _ => "" } : "";
        string shown = sign + prefix + bare.Integer(BigInteger.Abs(whole), budget).PadLeft(digits, '0');
        return new FormatSpec { Width = spec.Width, Align = spec.Align == '=' ? '>' : spec.Align, Fill = spec.Fill }.Texts(shown, budget);
    }
}
