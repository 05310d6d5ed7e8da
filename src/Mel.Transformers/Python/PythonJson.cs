using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Mel.Transformers.Python;

/// <summary>Writes JSON as Python's <c>json.dumps</c> does, and reads JSON into values.</summary>
internal sealed class PythonJson
{
    private readonly StringBuilder _text = new();
    private readonly Budget _budget;
    private readonly bool _ascii, _sortKeys;
    private readonly string? _indent;
    private readonly string _itemSeparator, _keySeparator;

    private PythonJson(Budget budget, bool ascii, bool sortKeys, string? indent, string? itemSeparator, string? keySeparator)
    {
        (_budget, _ascii, _sortKeys, _indent) = (budget, ascii, sortKeys, indent);
        (_itemSeparator, _keySeparator) = (itemSeparator ?? (indent is null ? ", " : ","), keySeparator ?? ": ");
    }

    /// <summary>The text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="budget">Bounds on the work.</param>
    /// <param name="ascii">Whether other characters than ASCII are escaped.</param>
    /// <param name="sortKeys">Whether members are sorted by name.</param>
    /// <param name="indent">What a level is indented by, or null for one line.</param>
    /// <param name="itemSeparator">What stands between items, or null for the usual.</param>
    /// <param name="keySeparator">What stands between a name and its value, or null for the usual.</param>
    /// <exception cref="PythonException">The value, or one in it, is none that JSON knows.</exception>
    public static string Write(
        Value value, Budget budget, bool ascii = false, bool sortKeys = false, string? indent = null, string? itemSeparator = null, string? keySeparator = null)
    {
        var json = new PythonJson(budget, ascii, sortKeys, indent, itemSeparator, keySeparator);
        json.Add(value, 1);
        budget.ChargeText(json._text.Length);
        return json._text.ToString();
    }

    /// <summary>The value that a JSON text means.</summary>
    public static Value Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new MapValue();
                foreach (JsonProperty member in json.EnumerateObject()) map.Set(member.Name, Read(member.Value));
                return map;
            case JsonValueKind.Array:
                return new ListValue([.. json.EnumerateArray().Select(Read)]);
            case JsonValueKind.String:
                return new TextValue(json.GetString()!);
            case JsonValueKind.Number:
                string raw = json.GetRawText();
                return raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0
                    ? IntValue.Of(BigInteger.Parse(raw, CultureInfo.InvariantCulture))
                    : new FloatValue(json.GetDouble());
            case JsonValueKind.True or JsonValueKind.False:
                return BoolValue.Of(json.ValueKind == JsonValueKind.True);
            case JsonValueKind.Null:
                return NoneValue.Instance;
            default:
                throw new ArgumentException("A JSON value is undefined; pass an element of a parsed document.", nameof(json));
        }
    }

    private void Add(Value value, int level)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _budget.ChargeItem(_text.Length);
        switch (value)
        {
            case MapValue map:
                IEnumerable<(string Name, Value Value)> members = map.Members.Select(member => (NameOf(member.Key), member.Value));
                if (_sortKeys) members = members.OrderBy(member => member.Name, Comparer<string>.Create(CodePoints.Compare));
                AddAll('{', members, '}', level, member =>
                {
                    AddText(member.Name);
                    _text.Append(_keySeparator);
                    Add(member.Value, level + 1);
                });
                break;
            case SequenceValue sequence:
                AddAll('[', sequence.Values, ']', level, item => Add(item, level + 1));
                break;
            case TextValue text:
                AddText(text.Text);
                break;
            case FloatValue number:
                _text.Append(Number(number.Number));
                break;
            case BoolValue truth:
                _text.Append(truth.IsTrue ? "true" : "false");
                break;
            case NumberValue number:
                number.WriteRepr(_text, _budget);
                break;
            case NoneValue:
                _text.Append("null");
                break;
            default:
                throw new PythonException($"Object of type {value.TypeName} is not JSON serializable");
        }
    }

    private void AddAll<T>(char open, IEnumerable<T> items, char close, int level, Action<T> add)
    {
        _text.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            if (any) _text.Append(_itemSeparator);
            any = true;
            Break(level);
            add(item);
        }

        if (any) Break(level - 1);
        _text.Append(close);
    }

    private void Break(int level)
    {
        if (_indent is null) return;
        _budget.RequireLength(_text.Length + ((long)_indent.Length * level));
        _text.Append('\n').Insert(_text.Length, _indent, level);
    }

    private string NameOf(Value key) => key switch
    {
        TextValue text => text.Text,
        BoolValue truth => truth.IsTrue ? "true" : "false",
        NoneValue => "null",
        FloatValue number => Number(number.Number),
        NumberValue => key.Repr(_budget),
        _ => throw new PythonException($"keys must be str, int, float, bool or None, not {key.TypeName}"),
    };

    private static string Number(double value)
        => double.IsFinite(value) ? FloatText.Repr(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private void AddText(string value)
    {
        _budget.ChargeText(value.Length);
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append(@"\\"),
                '\n' => _text.Append(@"\n"),
                '\r' => _text.Append(@"\r"),
                '\t' => _text.Append(@"\t"),
                '\b' => _text.Append(@"\b"),
                '\f' => _text.Append(@"\f"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                > '~' when _ascii => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
