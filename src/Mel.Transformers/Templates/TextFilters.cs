using System.Globalization;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters that change a text.</summary>
internal static class TextFilters
{
    /// <summary>The value as a text; markup stays markup.</summary>
    public static TextValue Soft(Value value, Budget budget) => value as TextValue ?? new TextValue(value.ToText(budget));

    /// <summary>What a method of the value's text gives.</summary>
    public static Value Method(Rendering rendering, Value value, string name, Arguments? given = null)
        => TextMethods.Of(Soft(value, rendering.Budget), name)!.Call(given ?? Arguments.None, rendering.Budget);

    public static Value Center(Rendering rendering, Value value, Arguments given)
        => Method(rendering, value, "center", new Arguments([given.Bind("center", 0, "width")[0] ?? IntValue.Of(80)]));

    public static Value Format(Rendering rendering, Value value, Arguments given)
    {
        if (given.Positional.Count > 0 && given.Named.Count > 0)
            throw new PythonException("can't handle positional and keyword arguments at the same time");
        if (given.Named.Count == 0) return PercentFormat.Apply(Soft(value, rendering.Budget), new TupleValue(given.Positional), rendering.Budget);
        var map = new MapValue();
        foreach ((string name, Value one) in given.Named) map.Set(name, one);
        return PercentFormat.Apply(Soft(value, rendering.Budget), map, rendering.Budget);
    }

    public static Value Indent(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("indent", 0, "width", "first", "blank");
        Budget budget = rendering.Budget;
        string indent = values[0] switch
        {
            null => "    ",
            TextValue width => width.Text,
            { } width => new string(' ', Math.Clamp(Operators.Small(width), 0, 100_000)),
        };
        var text = (TextValue)Operators.Add(value, value is TextValue own ? own.With("\n") : new TextValue("\n"), budget);
        List<string> lines = TextSplit.LinesOf(text.Text);
        budget.ChargeText(text.Text.Length + ((long)lines.Count * indent.Length));
        var written = new StringBuilder(values[1]?.IsTrue == true ? indent : "");
        foreach ((int i, string line) in lines.Index())
        {
            if (i > 0) written.Append('\n').Append(line.Length > 0 || values[2]?.IsTrue == true ? indent : "");
            written.Append(line);
        }

        return text.With(written.ToString());
    }

    public static Value Join(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("join", 0, "d", "attribute");
        Budget budget = rendering.Budget;
        IEnumerable<Value> items = value.ToList(budget);
        if (values[1] is { } attribute and not NoneValue)
        {
            AttributePath path = new(attribute);
            items = items.Select(item => path.Of(item, budget));
        }

        Value separator = values[0] ?? TextValue.Empty;
        if (!rendering.Escapes)
        {
            ListValue texts = new([.. items.Select(item => new TextValue(item.ToText(budget)))]);
            return Method(rendering, new TextValue(separator.ToText(budget)), "join", new Arguments([texts]));
        }

        List<Value> all = [.. items];
        TextValue between = separator is TextValue { IsSafe: true } safe ? safe
            : all.Exists(item => item is TextValue { IsSafe: true }) ? TextValue.Escaped(separator, budget) : Soft(separator, budget);
        return Method(rendering, between, "join", new Arguments([new ListValue([.. all.Select(item => Soft(item, budget))])]));
    }

    public static Value Replace(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("replace", 2, "old", "new", "count");
        Budget budget = rendering.Budget;
        int count = values[2] is null or NoneValue ? -1 : Operators.Small(values[2]!);
        TextValue text = rendering.Escapes
            ? values[0] is TextValue { IsSafe: true } || (values[1] is TextValue { IsSafe: true } && value is not TextValue { IsSafe: true })
                ? TextValue.Escaped(value, budget) : Soft(value, budget)
            : new TextValue(value.ToText(budget));
        return Method(rendering, text, "replace", new Arguments([Soft(values[0]!, budget), Soft(values[1]!, budget), IntValue.Of(count)]));
    }

    /// <summary>Every word with a large first letter; words begin behind white space, brackets and hyphens.</summary>
    public static Value Title(Rendering rendering, Value value)
    {
        string text = Soft(value, rendering.Budget).Text;
        rendering.Budget.ChargeText(text.Length);
        var written = new StringBuilder();
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && i > start && IsSeparator(text[i]) == IsSeparator(text[start])) continue;
            if (i == start) continue;
            string part = text[start..i];
            int head = char.IsHighSurrogate(part[0]) && part.Length > 1 ? 2 : 1;
            written.Append(TextCase.Upper(part[..head])).Append(TextCase.Lower(part[head..]));
            start = i;
        }

        return new TextValue(written.ToString());

        static bool IsSeparator(char c) => c is '-' or '(' or '{' or '[' or '<' || CodePoints.IsSpace(c);
    }

    public static Value Truncate(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = values[0] is { } most ? Operators.Small(most) : 255;
        TextValue end = values[2] is { } given2 ? new TextValue(TextMethods.Text(given2)) : new TextValue("...");
        int leeway = values[3] is null or NoneValue ? 5 : Operators.Small(values[3]!);
        if (length < end.Count) throw new PythonException($"expected length >= {end.Count}, got {length}");
        if (leeway < 0) throw new PythonException($"expected leeway >= 0, got {leeway}");
        if (value.Count is not { } count) throw new PythonException($"object of type '{value.TypeName}' has no len()");
        if (count <= (long)length + leeway) return value;
        var text = value as TextValue ?? throw new PythonException($"a text is expected, not {value.TypeName}");
        string cut = CodePoints.Slice(text.Text, new SliceValue(null, IntValue.Of(length - end.Count!.Value), null), rendering.Budget);
        if (values[1]?.IsTrue != true && cut.LastIndexOf(' ') is >= 0 and var space) cut = cut[..space];
        return Operators.Add(text.With(cut), end, rendering.Budget);
    }

    public static Value CountWords(Rendering rendering, Value value)
    {
        string text = Soft(value, rendering.Budget).Text;
        rendering.Budget.ChargeText(text.Length);
        int count = 0;
        bool inWord = false;
        foreach (string point in CodePoints.Each(text))
        {
            bool isWord = point == "_" || TextKinds.IsAlphanumeric(point);
            if (isWord && !inWord) count++;
            inWord = isWord;
        }

        return IntValue.Of(count);
    }
}

/// <summary>The way from a value to one of its attributes: <c>a.b.0</c>.</summary>
internal sealed class AttributePath
{
    private readonly List<Value> _parts = [];

    public AttributePath(Value attribute)
    {
        if (attribute is NoneValue) return;
        if (attribute is not TextValue text)
        {
            _parts.Add(attribute);
            return;
        }

        foreach (string part in text.Text.Split('.'))
        {
            _parts.Add(part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit)
                ? IntValue.Of(int.Parse(part, CultureInfo.InvariantCulture)) : new TextValue(part));
        }
    }

    /// <summary>The attribute, or another value where it is missing and one is given.</summary>
    public Value Of(Value value, Budget budget, Value? otherwise = null)
    {
        foreach (Value part in _parts)
        {
            budget.Charge(1);
            value = Lookups.Item(value, part, budget);
            if (value is UndefinedValue && otherwise is not null and not NoneValue) value = otherwise;
        }

        return value;
    }
}
