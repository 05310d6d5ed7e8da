using System.Buffers;
using System.Net;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters for HTML and addresses.</summary>
internal static class MarkupFilters
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\n\r\f\v/>=");

    public static Value StripTags(Rendering rendering, Value value)
    {
        string text = value.ToText(rendering.Budget);
        rendering.Budget.ChargeText(text.Length);
        text = Without(Without(text, "<!--", "-->"), "<", ">");
        return new TextValue(WebUtility.HtmlDecode(string.Join(' ', TextSplit.Words(text))));
    }

    public static Value UrlEncode(Rendering rendering, Value value)
    {
        Budget budget = rendering.Budget;
        if (value is TextValue || value.Items is null) return new TextValue(Quoted(value.ToText(budget), "/", budget));
        IEnumerable<Value> pairs = value is MapValue map ? map.Pairs : value.ToList(budget);
        return new TextValue(string.Join('&', pairs.Select(pair =>
        {
            List<Value> both = pair.ToList(budget);
            if (both.Count != 2) throw new PythonException("a pair is expected");
            return $"{InQuery(both[0])}={InQuery(both[1])}";
        })));

        string InQuery(Value part) => Quoted(part.ToText(budget), "", budget).Replace("%20", "+", StringComparison.Ordinal);
    }

    public static Value Attributes(Rendering rendering, Value value, Arguments given)
    {
        bool hasSpace = given.Bind("xmlattr", 0, "autospace")[0]?.IsTrue ?? true;
        if (value is UndefinedValue undefined) throw undefined.Failure();
        if (value is not MapValue map) throw new PythonException($"'{value.TypeName}' object has no attribute 'items'");
        var parts = new List<string>();
        foreach ((Value key, Value one) in map.Members)
        {
            if (one is NoneValue or UndefinedValue) continue;
            string name = TextMethods.Text(key);
            if (name.AsSpan().IndexOfAny(NotInNames) >= 0) throw new PythonException($"Invalid character in attribute name: {Runtime.Excerpt.Quoted(name)}");
            parts.Add($"{TextValue.Escaped(key, rendering.Budget).Text}=\"{TextValue.Escaped(one, rendering.Budget).Text}\"");
        }

        string text = string.Join(' ', parts);
        return new TextValue(hasSpace && text.Length > 0 ? " " + text : text, rendering.Escapes);
    }

    private static string Quoted(string text, string safe, Budget budget)
    {
        budget.ChargeText((long)text.Length * 3);
        var written = new StringBuilder();
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)one;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || safe.Contains(c, StringComparison.Ordinal)) written.Append(c);
            else written.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return written.ToString();
    }

    private static string Without(string text, string open, string close)
    {
        var written = new StringBuilder();
        int from = 0;
        while (true)
        {
            int start = text.IndexOf(open, from, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0) return written.Append(text, from, text.Length - from).ToString();
            written.Append(text, from, start - from);
            from = end + close.Length;
        }
    }
}
