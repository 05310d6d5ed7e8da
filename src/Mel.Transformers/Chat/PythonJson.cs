using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>
/// Writes JSON as Python's <c>json.dumps(value, ensure_ascii=False)</c> does, which is how chat templates were rendered when models were trained.
/// </summary>
internal static class PythonJson
{
    /// <summary>The text of a value: JSON, or an object that can be written as JSON.</summary>
    public static string Format(object value)
    {
        var text = new StringBuilder();
        Write(text, value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))));
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteAll(text, '{', value.EnumerateObject(), '}', static (text, member) =>
                {
                    WriteString(text, member.Name);
                    text.Append(": ");
                    Write(text, member.Value);
                });
                break;
            case JsonValueKind.Array:
                WriteAll(text, '[', value.EnumerateArray(), ']', Write);
                break;
            case JsonValueKind.String:
                WriteString(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(FormatNumber(value));
                break;
            case JsonValueKind.True:
            case JsonValueKind.False:
            case JsonValueKind.Null:
                text.Append(value.GetRawText());
                break;
            default:
                throw new ArgumentException("A JSON value is undefined; pass an element of a parsed document.", nameof(value));
        }
    }

    private static void WriteAll<T>(StringBuilder text, char open, IEnumerable<T> items, char close, Action<StringBuilder, T> write)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            write(text, item);
        }

        text.Append(close);
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>
    /// Whole numbers keep their digits; others are the shortest decimal that reads back the same, with an exponent below 1e-4 and from 1e16 on.
    /// </summary>
    private static string FormatNumber(JsonElement value)
    {
        string raw = value.GetRawText();
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0) return raw == "-0" ? "0" : raw;
        double number = value.GetDouble();
        if (!double.IsFinite(number)) return number > 0 ? "Infinity" : "-Infinity";

        // .NET and Python find the same shortest digits and write them differently: 3, 1E-05 and 15000000000000000 here, 3.0, 1e-05 and 1.5e+16 there.
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (number != 0 && Math.Abs(number) is < 1e-4 or >= 1e16) return Exponential(shortest);
        string plain = number == 0 ? shortest : decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
    }

    private static string Exponential(string shortest)
    {
        string sign = shortest[0] == '-' ? "-" : "";
        string[] parts = shortest[sign.Length..].Split('E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        int exponent = (point < 0 ? parts[0].Length : point) - 1 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
