using System.Globalization;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Formats of the kind <c>"{} is {age}".format(name, age=7)</c>.</summary>
internal static class BraceFormat
{
    public static Value Apply(TextValue format, Arguments arguments, Budget budget)
    {
        int next = 0;
        return format.With(Write(format, format.Text, arguments, ref next, 2, budget));
    }

    private static string Write(TextValue format, string text, Arguments arguments, ref int next, int depth, Budget budget)
    {
        if (depth == 0) throw new PythonException("Max string recursion exceeded");
        var written = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is not ('{' or '}'))
            {
                written.Append(c);
                continue;
            }

            if (i + 1 < text.Length && text[i + 1] == c)
            {
                written.Append(c);
                i++;
                continue;
            }

            if (c == '}') throw new PythonException("Single '}' encountered in format string");
            int end = End(text, i + 1);
            written.Append(Field(format, text[(i + 1)..end], arguments, ref next, depth, budget));
            budget.ChargeItem(written.Length);
            i = end;
        }

        budget.ChargeText(text.Length + written.Length);
        return written.ToString();
    }

    private static int End(string text, int from)
    {
        int depth = 1;
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }

        throw new PythonException(from == text.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private static string Field(TextValue format, string field, Arguments arguments, ref int next, int depth, Budget budget)
    {
        int colon = NameEnd(field);
        string name = field[..colon], spec = "";
        char conversion = '\0';
        if (colon < field.Length && field[colon] == '!')
        {
            if (colon + 1 >= field.Length) throw new PythonException("end of string while looking for conversion specifier");
            conversion = field[colon + 1];
            colon += 2;
            if (colon < field.Length && field[colon] != ':') throw new PythonException("expected ':' after conversion specifier");
        }

        if (colon < field.Length) spec = field[(colon + 1)..];
        Value value = Lookup(name, arguments, ref next, budget);
        if (spec.Contains('{', StringComparison.Ordinal)) spec = Write(format, spec, arguments, ref next, depth - 1, budget);
        value = conversion switch
        {
            '\0' => value,
            's' => new TextValue(value.ToText(budget)),
            'r' or 'a' => new TextValue(value.Repr(budget)),
            _ => throw new PythonException($"Unknown conversion specifier {conversion}"),
        };
        if (value is UndefinedValue && spec.Length == 0) return "";
        string shown = FormatSpec.Apply(value, spec, budget);
        return format.IsSafe && value is not TextValue { IsSafe: true } ? Html.Escape(shown, budget) : shown;
    }

    private static int NameEnd(string field)
    {
        bool inside = false;
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '[') inside = true;
            else if (field[i] == ']') inside = false;
            else if (!inside && field[i] is ':' or '!') return i;
        }

        return field.Length;
    }

    private static Value Lookup(string name, Arguments arguments, ref int next, Budget budget)
    {
        budget.Charge(arguments.Named.Count);
        int end = name.AsSpan().IndexOfAny(".[");
        string first = end < 0 ? name : name[..end];
        Value value;
        if (first.Length == 0) value = At(next++);
        else if (first.All(char.IsAsciiDigit)) value = At(int.TryParse(first, CultureInfo.InvariantCulture, out int place) ? place : int.MaxValue);
        else
        {
            value = arguments.Named.LastOrDefault(named => named.Key == first).Value ?? throw new PythonException($"KeyError: {Runtime.Excerpt.Quoted(first)}");
        }

        for (int i = first.Length; i < name.Length;)
        {
            if (name[i] == '.')
            {
                int stop = name.AsSpan(i + 1).IndexOfAny(".[");
                stop = stop < 0 ? name.Length : stop + i + 1;
                value = Lookups.Attribute(value, name[(i + 1)..stop], budget);
                i = stop;
                continue;
            }

            int close = name.IndexOf(']', i);
            if (name[i] != '[' || close < 0) throw new PythonException("Missing ']' in format string");
            string key = name[(i + 1)..close];
            value = Lookups.Item(value, key.All(char.IsAsciiDigit) && key.Length is > 0 and < 10
                ? IntValue.Of(int.Parse(key, CultureInfo.InvariantCulture)) : new TextValue(key), budget);
            i = close + 1;
        }

        return value;

        Value At(int place) => place < arguments.Positional.Count ? arguments.Positional[place]
            : throw new PythonException($"Replacement index {place} out of range for positional args tuple");
    }
}
