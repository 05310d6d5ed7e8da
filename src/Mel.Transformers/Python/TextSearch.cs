using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Methods of texts that look for another text.</summary>
internal static class TextSearch
{
    public static Value Find(TextValue text, Arguments given, Budget budget, string name, bool last)
    {
        Value?[] values = given.Bind(name, 1, "/sub", "/start", "/end");
        (string part, int offset) = Part(text, values[1], values[2], budget);
        string wanted = TextMethods.Text(values[0]!);
        int at = offset < 0 ? -1 : last ? LastIndex(part, wanted) : part.IndexOf(wanted, StringComparison.Ordinal);
        if (at < 0 && name.EndsWith("index", StringComparison.Ordinal)) throw new PythonException("substring not found");
        return IntValue.Of(at < 0 ? -1 : CodePoints.Index(part, at) + offset);
    }

    public static Value Count(TextValue text, Arguments given, Budget budget)
    {
        Value?[] values = given.Bind("count", 1, "/sub", "/start", "/end");
        (string part, int offset) = Part(text, values[1], values[2], budget);
        string wanted = TextMethods.Text(values[0]!);
        if (offset < 0) return IntValue.Of(0);
        return IntValue.Of(wanted.Length == 0 ? CodePoints.Count(part) + 1 : Places(part, wanted).Count());
    }

    /// <summary>Whether one of some texts stands at the start or the end.</summary>
    public static Value Bounded(TextValue text, Arguments given, Budget budget, string name, Func<string, string, bool> holds)
    {
        Value?[] values = given.Bind(name, 1, "/prefix", "/start", "/end");
        (string part, int offset) = Part(text, values[1], values[2], budget);
        if (values[0] is not TupleValue several) return BoolValue.Of(holds(part, Affix(values[0]!)) && offset >= 0);
        budget.Charge(several.Values.Count);
        return BoolValue.Of(offset >= 0 && several.Values.Any(one => holds(part, Affix(one))));

        string Affix(Value value) => value is TextValue or UndefinedValue
            ? TextMethods.Text(value)
            : throw new PythonException($"{name} first arg must be str or a tuple of str, not {value.TypeName}");
    }

    /// <summary>The text with another in place of some part.</summary>
    public static string Replace(string text, string old, string with, int count, Budget budget)
    {
        if (count == 0) return text;
        long most = count < 0 ? long.MaxValue : count;
        if (old.Length == 0) return Between(text, with, most, budget);
        long found = Places(text, old).Take((int)Math.Min(most, int.MaxValue)).LongCount();
        budget.ChargeText(text.Length + Math.Max(0, found * (with.Length - old.Length)));
        if (found == 0) return text;
        var written = new StringBuilder();
        int from = 0;
        foreach (int at in Places(text, old))
        {
            if (most-- == 0) break;
            written.Append(text, from, at - from).Append(with);
            from = at + old.Length;
        }

        return written.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Where a text stands in another, without overlaps.</summary>
    public static IEnumerable<int> Places(string text, string part)
    {
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
            yield return at;
    }

    private static string Between(string text, string with, long most, Budget budget)
    {
        budget.ChargeText(text.Length + (Math.Min(most, text.Length + 1L) * with.Length));
        var written = new StringBuilder();
        foreach (string point in CodePoints.Each(text))
        {
            if (most-- > 0) written.Append(with);
            written.Append(point);
        }

        if (most > 0) written.Append(with);
        return written.ToString();
    }

    private static int LastIndex(string text, string wanted) => wanted.Length == 0 ? text.Length : text.LastIndexOf(wanted, StringComparison.Ordinal);

    /// <summary>The part between two places, and how many code points lie before it; -1 where it begins behind the text.</summary>
    private static (string Part, int Offset) Part(TextValue text, Value? start, Value? stop, Budget budget)
    {
        budget.Charge(1 + (text.Text.Length / 8));
        if (start is null or NoneValue && stop is null or NoneValue) return (text.Text, 0);
        int count = text.Count!.Value;
        (int from, int to) = SliceValue.Range(start, stop, count);
        if (start is NumberValue { AsInteger: { } given } && given > count) return ("", -1);
        return to < from ? ("", -1) : (CodePoints.Slice(text.Text, new SliceValue(IntValue.Of(from), IntValue.Of(to), null), budget), from);
    }
}
