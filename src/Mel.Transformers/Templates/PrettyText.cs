using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Values over several lines, as Python's <c>pprint</c> writes them.</summary>
internal sealed class PrettyText
{
    private const int Width = 80;

    private readonly StringBuilder _text = new();
    private readonly Budget _budget;

    private PrettyText(Budget budget) => _budget = budget;

    public static string Of(Value value, Budget budget)
    {
        var pretty = new PrettyText(budget);
        pretty.Add(value, 0, 0);
        return pretty._text.ToString();
    }

    private void Add(Value value, int indent, int allowance)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        _budget.Charge(value.Weight);
        string flat = Flat(value);
        _budget.ChargeText(flat.Length);
        _budget.ChargeItem(_text.Length + (long)flat.Length);
        if (flat.Length <= Width - indent - allowance)
        {
            _text.Append(flat);
            return;
        }

        switch (value)
        {
            case MapValue map:
                _text.Append('{');
                AddMembers(Sorted(map), indent + 1, allowance + 1);
                _text.Append('}');
                break;
            case ListValue list:
                _text.Append('[');
                AddItems(list.Values, indent + 1, allowance + 1);
                _text.Append(']');
                break;
            case TupleValue tuple:
                string end = tuple.Values.Count == 1 ? ",)" : ")";
                _text.Append('(');
                AddItems(tuple.Values, indent + 1, allowance + end.Length);
                _text.Append(end);
                break;
            default:
                _text.Append(flat);
                break;
        }
    }

    private void AddItems(IReadOnlyList<Value> items, int indent, int allowance)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) Break(indent);
            Add(items[i], indent, i == items.Count - 1 ? allowance : 1);
        }
    }

    private void AddMembers(List<KeyValuePair<Value, Value>> members, int indent, int allowance)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0) Break(indent);
            string key = Flat(members[i].Key);
            _text.Append(key).Append(": ");
            Add(members[i].Value, indent + key.Length + 2, i == members.Count - 1 ? allowance : 1);
        }
    }

    private void Break(int indent)
    {
        _budget.ChargeText(indent);
        _text.Append(",\n").Append(' ', indent);
    }

    private string Flat(Value value) => value switch
    {
        MapValue map => "{" + string.Join(", ", Sorted(map).Select(member => $"{Flat(member.Key)}: {Flat(member.Value)}")) + "}",
        ListValue list => "[" + string.Join(", ", list.Values.Select(Flat)) + "]",
        TupleValue { Values: [var only] } => $"({Flat(only)},)",
        TupleValue tuple => "(" + string.Join(", ", tuple.Values.Select(Flat)) + ")",
        _ => value.Repr(_budget),
    };

    private List<KeyValuePair<Value, Value>> Sorted(MapValue map)
    {
        _budget.Charge(map.Members.Count);
        return [.. map.Members.OrderBy(member => member.Key, Comparer<Value>.Create(static (left, right)
            => left.TypeName == right.TypeName && left is TextValue or NumberValue ? Operators.Order(left, right, "<") ?? 0
                : string.CompareOrdinal(left.TypeName, right.TypeName)))];
    }
}
