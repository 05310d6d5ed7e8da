using System.Collections.Frozen;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The filters of Jinja, with <c>tojson</c> as the transformers library has it.</summary>
internal static class Filters
{
    /// <summary>A filter: a value and arguments become another value.</summary>
    public delegate Value Filter(Rendering rendering, Value value, Arguments arguments);

    private static readonly FrozenDictionary<string, Filter> All = new Dictionary<string, Filter>
    {
        ["abs"] = Plain("abs", NumberFilters.Absolute),
        ["attr"] = (r, value, given) => AttributeOf(r, value, given),
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = Plain("capitalize", static (r, value) => TextFilters.Method(r, value, "capitalize")),
        ["center"] = TextFilters.Center,
        ["count"] = Plain("count", SequenceFilters.Length),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = OrderFilters.SortMembers,
        ["e"] = Plain("e", static (r, value) => TextValue.Escaped(value, r.Budget)),
        ["escape"] = Plain("escape", static (r, value) => TextValue.Escaped(value, r.Budget)),
        ["filesizeformat"] = NumberFilters.FileSize,
        ["first"] = Plain("first", SequenceFilters.First),
        ["float"] = NumberFilters.Float,
        ["forceescape"] = Plain("forceescape", static (r, value) => TextValue.Escaped(new TextValue(value.ToText(r.Budget)), r.Budget)),
        ["format"] = TextFilters.Format,
        ["groupby"] = OrderFilters.Group,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Integer,
        ["items"] = Plain("items", SequenceFilters.Members),
        ["join"] = TextFilters.Join,
        ["last"] = Plain("last", SequenceFilters.Last),
        ["length"] = Plain("length", SequenceFilters.Length),
        ["list"] = Plain("list", static (r, value) => new ListValue(value.ToList(r.Budget))),
        ["lower"] = Plain("lower", static (r, value) => TextFilters.Method(r, value, "lower")),
        ["map"] = SelectionFilters.Map,
        ["max"] = (r, value, given) => OrderFilters.Extreme(r, value, given, "max", sign: 1),
        ["min"] = (r, value, given) => OrderFilters.Extreme(r, value, given, "min", sign: -1),
        ["pprint"] = Plain("pprint", static (r, value) => new TextValue(PrettyText.Of(value, r.Budget))),
        ["random"] = (r, value, given) => throw new PythonException("the filter 'random' is not supported: a prompt is the same every time"),
        ["reject"] = (r, value, given) => SelectionFilters.Select(r, value, given, wanted: false, byAttribute: false),
        ["rejectattr"] = (r, value, given) => SelectionFilters.Select(r, value, given, wanted: false, byAttribute: true),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = Plain("reverse", SequenceFilters.Reverse),
        ["round"] = NumberFilters.Round,
        ["safe"] = Plain("safe", static (r, value) => new TextValue(value.ToText(r.Budget), isSafe: true)),
        ["select"] = (r, value, given) => SelectionFilters.Select(r, value, given, wanted: true, byAttribute: false),
        ["selectattr"] = (r, value, given) => SelectionFilters.Select(r, value, given, wanted: true, byAttribute: true),
        ["slice"] = SequenceFilters.Slice,
        ["sort"] = OrderFilters.Sort,
        ["string"] = Plain("string", static (r, value) => TextFilters.Soft(value, r.Budget)),
        ["striptags"] = Plain("striptags", MarkupFilters.StripTags),
        ["sum"] = NumberFilters.Sum,
        ["title"] = Plain("title", TextFilters.Title),
        ["tojson"] = ToJson,
        ["trim"] = (r, value, given) => TextFilters.Method(r, value, "strip", given),
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = SelectionFilters.Unique,
        ["upper"] = Plain("upper", static (r, value) => TextFilters.Method(r, value, "upper")),
        ["urlencode"] = Plain("urlencode", MarkupFilters.UrlEncode),
        ["urlize"] = (r, value, given) => throw new PythonException("the filter 'urlize' is not supported: it makes links of HTML"),
        ["wordcount"] = Plain("wordcount", TextFilters.CountWords),
        ["wordwrap"] = WrapFilter.Wrap,
        ["xmlattr"] = MarkupFilters.Attributes,
    }.ToFrozenDictionary();

    /// <summary>A filter, or null where there is none of that name.</summary>
    public static Filter? Find(string name) => All.GetValueOrDefault(name);

    private static Filter Plain(string name, Func<Rendering, Value, Value> filter) => (rendering, value, given) =>
    {
        given.Bind(name, 0);
        return filter(rendering, value);
    };

    private static Value Default(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("default", 0, "default_value", "boolean");
        return value is UndefinedValue || (values[1]?.IsTrue == true && !value.IsTrue) ? values[0] ?? TextValue.Empty : value;
    }

    private static Value AttributeOf(Rendering rendering, Value value, Arguments given)
    {
        string name = TextMethods.Text(given.Bind("attr", 1, "name")[0]!);
        return value.Attribute(name, rendering.Budget) is null
            ? new UndefinedValue($"'{value.TypeName} object' has no attribute {Runtime.Excerpt.Quoted(name)}")
            : Lookups.Attribute(value, name, rendering.Budget);
    }

    private static TextValue ToJson(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = values[1] switch
        {
            null or NoneValue => null,
            TextValue text => text.Text,
            { } number => new string(' ', Math.Clamp(Operators.Small(number), 0, 1000)),
        };
        List<Value>? separators = values[2] is null or NoneValue ? null : values[2]!.ToList(rendering.Budget);
        if (separators is { Count: not 2 }) throw new PythonException("separators are a pair of texts");
        return new TextValue(PythonJson.Write(value, rendering.Budget, values[0]?.IsTrue == true, values[3]?.IsTrue == true, indent,
            separators is null ? null : TextMethods.Text(separators[0]), separators is null ? null : TextMethods.Text(separators[1])));
    }
}
