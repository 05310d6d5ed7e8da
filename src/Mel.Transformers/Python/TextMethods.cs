using System.Collections.Frozen;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>The methods of texts.</summary>
internal static class TextMethods
{
    private delegate Value Method(TextValue text, Arguments arguments, Budget budget);

    private static readonly FrozenDictionary<string, Method> Methods = new Dictionary<string, Method>
    {
        ["capitalize"] = (text, given, b) => Changed(text, given, b, "capitalize", TextCase.Capitalize),
        ["casefold"] = (text, given, b) => Changed(text, given, b, "casefold", TextCase.Fold),
        ["lower"] = (text, given, b) => Changed(text, given, b, "lower", TextCase.Lower),
        ["upper"] = (text, given, b) => Changed(text, given, b, "upper", TextCase.Upper),
        ["swapcase"] = (text, given, b) => Changed(text, given, b, "swapcase", TextCase.Swap),
        ["title"] = (text, given, b) => Changed(text, given, b, "title", TextCase.Title),
        ["strip"] = (text, given, b) => Strip(text, given, b, "strip", start: true, end: true),
        ["lstrip"] = (text, given, b) => Strip(text, given, b, "lstrip", start: true, end: false),
        ["rstrip"] = (text, given, b) => Strip(text, given, b, "rstrip", start: false, end: true),
        ["center"] = (text, given, b) => Padded(text, given, b, "center"),
        ["ljust"] = (text, given, b) => Padded(text, given, b, "ljust"),
        ["rjust"] = (text, given, b) => Padded(text, given, b, "rjust"),
        ["zfill"] = ZeroFilled,
        ["expandtabs"] = ExpandTabs,
        ["count"] = TextSearch.Count,
        ["find"] = (text, given, b) => TextSearch.Find(text, given, b, "find", last: false),
        ["rfind"] = (text, given, b) => TextSearch.Find(text, given, b, "rfind", last: true),
        ["index"] = (text, given, b) => TextSearch.Find(text, given, b, "index", last: false),
        ["rindex"] = (text, given, b) => TextSearch.Find(text, given, b, "rindex", last: true),
        ["startswith"] = (text, given, b)
            => TextSearch.Bounded(text, given, b, "startswith", static (part, end) => part.StartsWith(end, StringComparison.Ordinal)),
        ["endswith"] = (text, given, b) => TextSearch.Bounded(text, given, b, "endswith", static (part, end) => part.EndsWith(end, StringComparison.Ordinal)),
        ["removeprefix"] = (text, given, b) =>
        {
            string prefix = Text(given.Bind("removeprefix", 1, "/prefix")[0]!);
            return text.With(text.Text.StartsWith(prefix, StringComparison.Ordinal) ? text.Text[prefix.Length..] : text.Text);
        },
        ["removesuffix"] = (text, given, b) =>
        {
            string suffix = Text(given.Bind("removesuffix", 1, "/suffix")[0]!);
            return text.With(text.Text.EndsWith(suffix, StringComparison.Ordinal) ? text.Text[..^suffix.Length] : text.Text);
        },
        ["replace"] = (text, given, b) =>
        {
            Value?[] values = given.Bind("replace", 2, "/old", "/new", "/count");
            string with = text.IsSafe ? TextValue.Escaped(values[1]!, b).Text : Text(values[1]!);
            return text.With(TextSearch.Replace(text.Text, Text(values[0]!), with, values[2] is { } count ? Operators.Small(count) : -1, b));
        },
        ["join"] = Join,
        ["split"] = (text, given, b) => TextSplit.Split(text, given, b, "split", fromEnd: false),
        ["rsplit"] = (text, given, b) => TextSplit.Split(text, given, b, "rsplit", fromEnd: true),
        ["splitlines"] = TextSplit.Lines,
        ["partition"] = (text, given, b) => TextSplit.Partition(text, given, b, "partition", fromEnd: false),
        ["rpartition"] = (text, given, b) => TextSplit.Partition(text, given, b, "rpartition", fromEnd: true),
        ["format"] = (text, given, b) => BraceFormat.Apply(text, given, b),
        ["format_map"] = (text, given, b) => BraceFormat.Apply(text, new Arguments([], Members(given.Bind("format_map", 1, "/mapping")[0]!)), b),
        ["translate"] = Translate,
        ["isalnum"] = (text, given, b) => Every(text, b, TextKinds.IsAlphanumeric),
        ["isalpha"] = (text, given, b) => Every(text, b, TextKinds.IsLetter),
        ["isascii"] = (text, given, b) => BoolValue.Of(Ascii.IsValid(text.Text)),
        ["isdecimal"] = (text, given, b) => Every(text, b, TextKinds.IsDecimal),
        ["isdigit"] = (text, given, b) => Every(text, b, TextKinds.IsDigit),
        ["isnumeric"] = (text, given, b) => Every(text, b, TextKinds.IsNumeric),
        ["isspace"] = (text, given, b) => Every(text, b, static point => CodePoints.IsSpace(point[0])),
        ["isprintable"] = (text, given, b) => BoolValue.Of(text.Text.Length == 0 || Every(text, b, TextRepr.IsPrintable).IsTrue),
        ["isidentifier"] = (text, given, b) => BoolValue.Of(TextKinds.IsIdentifier(text.Text)),
        ["islower"] = (text, given, b) => BoolValue.Of(TextCase.IsAll(text.Text, upper: false)),
        ["isupper"] = (text, given, b) => BoolValue.Of(TextCase.IsAll(text.Text, upper: true)),
        ["istitle"] = (text, given, b) => BoolValue.Of(TextCase.IsTitle(text.Text)),
    }.ToFrozenDictionary();

    /// <summary>A method of a text, or null where there is none of that name.</summary>
    public static FunctionValue? Of(TextValue text, string name)
        => Methods.TryGetValue(name, out Method? method) ? new FunctionValue(name, (arguments, budget) =>
        {
            budget.Charge(1 + (text.Text.Length / 8));
            return method(text, arguments, budget);
        }) : null;

    /// <summary>The characters of an argument that has to be a text.</summary>
    public static string Text(Value value) => value switch
    {
        TextValue text => text.Text,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw new PythonException($"a text is expected, not {value.TypeName}"),
    };

    /// <summary>The text without white space, or without given characters, at its ends.</summary>
    public static string Trim(string text, string? characters, bool start, bool end)
    {
        int from = 0, to = text.Length;
        if (characters is null || CodePoints.IsPlain(characters))
        {
            while (start && from < to && Matches(text[from])) from++;
            while (end && to > from && Matches(text[to - 1])) to--;
            return text[from..to];
        }

        string[] points = [.. CodePoints.Each(text)];
        string[] wanted = [.. CodePoints.Each(characters)];
        to = points.Length;
        while (start && from < to && wanted.Contains(points[from])) from++;
        while (end && to > from && wanted.Contains(points[to - 1])) to--;
        return string.Concat(points[from..to]);

        bool Matches(char c) => characters is null ? CodePoints.IsSpace(c) : characters.Contains(c, StringComparison.Ordinal);
    }

    /// <summary>The text in a field of a width.</summary>
    public static string Pad(string text, int width, string fill, string how, Budget budget)
    {
        int missing = width - CodePoints.Count(text);
        if (missing <= 0) return text;
        budget.ChargeText((long)text.Length + ((long)missing * fill.Length));
        int left = how switch { "ljust" => 0, "rjust" => missing, _ => (missing / 2) + (missing & width & 1) };
        return string.Concat(Fill(left), text, Fill(missing - left));

        string Fill(int count) => fill.Length == 1 ? new string(fill[0], count) : string.Concat(Enumerable.Repeat(fill, count));
    }

    private static TextValue Changed(TextValue text, Arguments given, Budget budget, string name, Func<string, string> change)
    {
        given.Bind(name, 0);
        budget.ChargeText(text.Text.Length);
        return text.With(change(text.Text));
    }

    private static TextValue Strip(TextValue text, Arguments given, Budget budget, string name, bool start, bool end)
    {
        string? characters = given.Bind(name, 0, "/chars")[0] is { } value and not NoneValue ? Text(value) : null;
        budget.ChargeText(text.Text.Length * (1 + ((characters?.Length ?? 0) / 8)));
        return text.With(Trim(text.Text, characters, start, end));
    }

    private static TextValue Padded(TextValue text, Arguments given, Budget budget, string how)
    {
        Value?[] values = given.Bind(how, 1, "/width", "/fillchar");
        string fill = values[1] is { } value ? Text(value) : " ";
        if (CodePoints.Count(fill) != 1) throw new PythonException("The fill character must be exactly one character long");
        if (text.IsSafe) fill = Html.Escape(fill, budget);
        return text.With(Pad(text.Text, Operators.Small(values[0]!), fill, how, budget));
    }

    private static TextValue ZeroFilled(TextValue text, Arguments given, Budget budget)
    {
        int width = Operators.Small(given.Bind("zfill", 1, "/width")[0]!);
        string sign = text.Text is ['+' or '-', ..] ? text.Text[..1] : "";
        return text.With(sign + Pad(text.Text[sign.Length..], width - sign.Length, "0", "rjust", budget));
    }

    private static TextValue ExpandTabs(TextValue text, Arguments given, Budget budget)
    {
        int size = given.Bind("expandtabs", 0, "tabsize")[0] is { } value ? Operators.Small(value) : 8;
        var written = new StringBuilder();
        int column = 0;
        foreach (string point in CodePoints.Each(text.Text))
        {
            if (point == "\t")
            {
                int width = size > 0 ? size - (column % size) : 0;
                budget.ChargeText((long)written.Length + width);
                written.Append(' ', width);
                column += width;
                continue;
            }

            written.Append(point);
            column = point is "\n" or "\r" ? 0 : column + 1;
        }

        return text.With(written.ToString());
    }

    private static TextValue Join(TextValue text, Arguments given, Budget budget)
    {
        var written = new StringBuilder();
        foreach ((int i, Value item) in given.Bind("join", 1, "/iterable")[0]!.ToList(budget).Index())
        {
            string part = text.IsSafe ? TextValue.Escaped(item, budget).Text
                : item is TextValue one ? one.Text
                : throw new PythonException($"sequence item {i}: expected str instance, {item.TypeName} found");
            budget.ChargeText((long)part.Length + text.Text.Length);
            budget.RequireLength((long)written.Length + part.Length + text.Text.Length);
            if (i > 0) written.Append(text.Text);
            written.Append(part);
        }

        return text.With(written.ToString());
    }

    private static TextValue Translate(TextValue text, Arguments given, Budget budget)
    {
        Value table = given.Bind("translate", 1, "/table")[0]!;
        var written = new StringBuilder();
        foreach (string point in CodePoints.Each(text.Text))
        {
            budget.ChargeText(written.Length / 64);
            Value? to = table.Item(IntValue.Of(char.ConvertToUtf32(point, 0)), budget);
            written.Append(to switch
            {
                null => point,
                NoneValue => "",
                TextValue other => other.Text,
                _ => char.ConvertFromUtf32(Operators.Small(to)),
            });
        }

        budget.ChargeText(written.Length);
        return text.With(written.ToString());
    }

    private static BoolValue Every(TextValue text, Budget budget, Func<string, bool> holds)
    {
        budget.ChargeText(text.Text.Length);
        return BoolValue.Of(text.Text.Length > 0 && CodePoints.Each(text.Text).All(holds));
    }

    private static List<KeyValuePair<string, Value>> Members(Value mapping) => mapping is MapValue map
        ? [.. map.Members.Where(member => member.Key is TextValue).Select(member => KeyValuePair.Create(((TextValue)member.Key).Text, member.Value))]
        : throw new PythonException("format_map() takes a mapping");
}
