using System.Runtime.CompilerServices;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Lists and tuples: values in a row.</summary>
/// <param name="items">The values.</param>
internal abstract class SequenceValue(IReadOnlyList<Value> items) : Value
{
    private const long Heaviest = long.MaxValue / 4;

    public IReadOnlyList<Value> Values => items;

    public override long Weight { get; } = WeightOf(items);

    public override int? Count => items.Count;

    public override IEnumerable<Value> Items => items;

    public override bool IsHashable => false;

    /// <summary>A sequence of the same kind.</summary>
    public abstract SequenceValue With(IReadOnlyList<Value> values);

    public override Value? Item(Value key, Budget budget)
    {
        if (key is SliceValue slice)
        {
            Value[] part = [.. slice.Indices(items.Count).Select(i => items[i])];
            budget.Charge(part.Length);
            return With(part);
        }

        return key is NumberValue { AsInteger: { } index } && SliceValue.Place(index, items.Count) is { } place ? items[place] : null;
    }

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "count" => new FunctionValue(name, (arguments, b) =>
        {
            b.Charge(Weight);
            Value wanted = arguments.Bind("count", 1, "/value")[0]!;
            return IntValue.Of(items.Count(item => item.Same(wanted)));
        }),
        "index" => new FunctionValue(name, IndexOf),
        _ => null,
    };

    public override bool Same(Value other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is not SequenceValue sequence || sequence.TypeName != TypeName || sequence.Values.Count != items.Count) return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < items.Count; i++)
        {
            if (!items[i].Same(sequence.Values[i])) return false;
        }

        return true;
    }

    private static long WeightOf(IReadOnlyList<Value> items)
    {
        long weight = 1;
        foreach (Value item in items) weight = Math.Min(Heaviest, weight + item.Weight);
        return weight;
    }

    private IntValue IndexOf(Arguments arguments, Budget budget)
    {
        Value?[] given = arguments.Bind("index", 1, "/value", "/start", "/stop");
        budget.Charge(Weight);
        (int start, int stop) = SliceValue.Range(given[1], given[2], items.Count);
        for (int i = start; i < stop; i++)
        {
            if (items[i].Same(given[0]!)) return IntValue.Of(i);
        }

        throw new PythonException("the value is not in the list");
    }
}

/// <summary>A list.</summary>
/// <param name="items">The values.</param>
internal sealed class ListValue(IReadOnlyList<Value> items) : SequenceValue(items)
{
    private static readonly string[] Changing = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];

    public override string TypeName => "list";

    public override SequenceValue With(IReadOnlyList<Value> values) => new ListValue(values);

    public override void WriteRepr(StringBuilder text, Budget budget) => WriteAll(text, budget, "[", Values, "]");

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "copy" => new FunctionValue(name, (_, b) =>
        {
            b.Charge(Values.Count);
            return new ListValue([.. Values]);
        }),
        _ when Changing.Contains(name) => Unsafe.Attribute(this, name),
        _ => base.Attribute(name, budget),
    };
}

/// <summary>A tuple.</summary>
/// <param name="items">The values.</param>
/// <param name="names">Names of its members where they have some.</param>
internal sealed class TupleValue(IReadOnlyList<Value> items, params string[] names) : SequenceValue(items)
{
    public override string TypeName => "tuple";

    public override bool IsHashable => Values.All(value => value.IsHashable);

    public override SequenceValue With(IReadOnlyList<Value> values) => new TupleValue(values);

    public override void WriteRepr(StringBuilder text, Budget budget) => WriteAll(text, budget, "(", Values, Values.Count == 1 ? ",)" : ")");

    public override Value? Attribute(string name, Budget budget)
        => Array.IndexOf(names, name) is >= 0 and var place ? Values[place] : base.Attribute(name, budget);

    public override int Hash()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = default(HashCode);
        foreach (Value value in Values) hash.Add(value.Hash());
        return hash.ToHashCode();
    }
}

/// <summary>A dictionary, which keeps the order in which its keys were given.</summary>
internal sealed class MapValue : Value
{
    private static readonly string[] Changing = ["clear", "pop", "popitem", "setdefault", "update"];

    private readonly OrderedDictionary<Value, Value> _members;
    private long _weight = 1;

    public MapValue() => _members = [];

    public MapValue(MapValue other) => (_members, _weight) = (new OrderedDictionary<Value, Value>(other._members), other._weight);

    public override long Weight => _weight;

    public override string TypeName => "dict";

    public override int? Count => _members.Count;

    public override IEnumerable<Value> Items => _members.Keys;

    public override bool IsHashable => false;

    public IReadOnlyList<KeyValuePair<Value, Value>> Members => _members;

    /// <summary>What lies under a key, or null.</summary>
    public Value? Find(string key) => _members.GetValueOrDefault(new TextValue(key));

    /// <summary>Puts a member in, while the dictionary is being made.</summary>
    /// <exception cref="PythonException">The key cannot be one.</exception>
    public MapValue Set(Value key, Value value)
    {
        if (!key.IsHashable) throw new PythonException($"unhashable type: '{key.TypeName}'");
        _members[key] = value;
        _weight = Math.Min(long.MaxValue / 4, _weight + key.Weight + value.Weight);
        return this;
    }

    /// <summary>Puts a member in, while the dictionary is being made.</summary>
    public MapValue Set(string key, Value value) => Set(new TextValue(key), value);

    public bool Has(Value key) => key.IsHashable ? _members.ContainsKey(key) : throw new PythonException($"unhashable type: '{key.TypeName}'");

    public override Value? Item(Value key, Budget budget)
    {
        budget.Charge(key.Weight);
        return key.IsHashable ? _members.GetValueOrDefault(key) : null;
    }

    public override void WriteRepr(StringBuilder text, Budget budget)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        text.Append('{');
        bool first = true;
        foreach ((Value key, Value value) in _members)
        {
            if (!first) text.Append(", ");
            first = false;
            key.WriteRepr(text, budget);
            text.Append(": ");
            value.WriteRepr(text, budget);
            budget.ChargeItem(text.Length);
        }

        text.Append('}');
    }

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "items" => new FunctionValue(name, (_, _) => new ViewValue("dict_items", _members.Count, Pairs)),
        "keys" => new FunctionValue(name, (_, _) => new ViewValue("dict_keys", _members.Count, _members.Keys)),
        "values" => new FunctionValue(name, (_, _) => new ViewValue("dict_values", _members.Count, _members.Values)),
        "get" => new FunctionValue(name, (arguments, b) =>
        {
            Value?[] given = arguments.Bind("get", 1, "/key", "/default");
            b.Charge(given[0]!.Weight);
            if (!given[0]!.IsHashable) throw new PythonException($"unhashable type: '{given[0]!.TypeName}'");
            return _members.GetValueOrDefault(given[0]!) ?? given[1] ?? NoneValue.Instance;
        }),
        "copy" => new FunctionValue(name, (_, b) =>
        {
            b.Charge(_members.Count);
            return new MapValue(this);
        }),
        "fromkeys" => new FunctionValue(name, (arguments, b) =>
        {
            Value?[] given = arguments.Bind("fromkeys", 1, "/iterable", "/value");
            var made = new MapValue();
            foreach (Value key in given[0]!.ToList(b)) made.Set(key, given[1] ?? NoneValue.Instance);
            return made;
        }),
        _ when Changing.Contains(name) => Unsafe.Attribute(this, name),
        _ => null,
    };

    public IEnumerable<Value> Pairs => _members.Select(member => new TupleValue([member.Key, member.Value]));

    public override bool Same(Value other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is not MapValue map || map._members.Count != _members.Count) return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach ((Value key, Value value) in _members)
        {
            if (!map._members.TryGetValue(key, out Value? there) || !value.Same(there)) return false;
        }

        return true;
    }
}

/// <summary>The keys, values or pairs of a dictionary.</summary>
internal sealed class ViewValue(string name, int count, IEnumerable<Value> items) : Value
{
    public override string TypeName => name;

    public override int? Count => count;

    public override IEnumerable<Value> Items => items;

    public override void WriteRepr(StringBuilder text, Budget budget) => WriteAll(text, budget, name + "([", items, "])");

    public override bool Same(Value other)
        => ReferenceEquals(this, other) || (other is ViewValue view && name != "dict_values" && view.TypeName == name && view.Count == count
            && view.Items.All(items.Contains));
}

/// <summary>Attributes that the sandbox keeps from templates: those that change a value.</summary>
internal static class Unsafe
{
    public static UndefinedValue Attribute(Value value, string name) => new($"access to attribute '{name}' of '{value.TypeName}' object is unsafe.");
}
