using System.Globalization;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>What <c>loop</c> is in the body of a loop; it also walks over the values.</summary>
/// <param name="count">How many values there are, or null where that is not known yet.</param>
/// <param name="items">The values.</param>
/// <param name="depth">How many recursive loops it lies in.</param>
/// <param name="recurse">Runs the loop for other values, or null where it may not.</param>
internal sealed class LoopValue(int? count, IEnumerable<Value> items, int depth, Func<Arguments, int, Value>? recurse) : Value
{
    private IEnumerator<Value> _rest = items.GetEnumerator();
    private int? _length = count;
    private int _index = -1;
    private Value? _before, _current, _after, _changed;

    public override string TypeName => "LoopContext";

    public override bool IsCallable => true;

    public override int? Count => _length;

    public Value Current => _current!;

    public bool MoveNext()
    {
        Value? next = Peek();
        _after = null;
        if (next is null) return false;
        _index++;
        (_before, _current) = (_current, next);
        return true;
    }

    public override void WriteRepr(StringBuilder text, Budget budget)
        => text.Append(CultureInfo.InvariantCulture, $"<LoopContext {_index + 1}/{Length(budget)}>");

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "index" => IntValue.Of(_index + 1),
        "index0" => IntValue.Of(_index),
        "first" => BoolValue.Of(_index == 0),
        "last" => BoolValue.Of(Peek() is null),
        "length" => IntValue.Of(Length(budget)),
        "revindex" => IntValue.Of(Length(budget) - _index),
        "revindex0" => IntValue.Of(Length(budget) - _index - 1),
        "depth" => IntValue.Of(depth + 1),
        "depth0" => IntValue.Of(depth),
        "previtem" => _index == 0 ? new UndefinedValue("there is no previous item") : _before,
        "nextitem" => Peek() ?? new UndefinedValue("there is no next item"),
        "cycle" => new FunctionValue(name, (given, _) => given.Positional.Count == 0
            ? throw new PythonException("no items for cycling given")
            : given.Positional[_index % given.Positional.Count]),
        "changed" => new FunctionValue(name, (given, b) => HasChanged(new TupleValue(given.Positional), b)),
        _ => null,
    };

    public override Value Call(Arguments arguments, Budget budget)
        => recurse is null
            ? throw new PythonException("The loop must have the 'recursive' marker to be called recursively.")
            : recurse(arguments, depth + 1);

    private BoolValue HasChanged(TupleValue values, Budget budget)
    {
        budget.Charge(values.Weight);
        bool changed = _changed is null || !_changed.Same(values);
        if (changed) _changed = values;
        return BoolValue.Of(changed);
    }

    private Value? Peek() => _after ??= _rest.MoveNext() ? _rest.Current : null;

    private int Length(Budget budget)
    {
        if (_length is { } known) return known;
        var rest = new List<Value>();
        while (_rest.MoveNext())
        {
            budget.Charge(1);
            rest.Add(_rest.Current);
        }

        _rest = rest.GetEnumerator();
        _length = rest.Count + _index + 1 + (_after is null ? 0 : 1);
        return _length.Value;
    }
}

/// <summary>A namespace, whose attributes can be set.</summary>
internal sealed class NamespaceValue(MapValue attributes) : Value
{
    public override string TypeName => "Namespace";

    /// <summary>Sets an attribute.</summary>
    public void Set(string name, Value value) => attributes.Set(name, value);

    public override Value? Attribute(string name, Budget budget) => attributes.Find(name);

    public override void WriteRepr(StringBuilder text, Budget budget)
    {
        text.Append("<Namespace ");
        attributes.WriteRepr(text, budget);
        text.Append('>');
    }
}

/// <summary>Goes through values again and again.</summary>
internal sealed class CyclerValue(IReadOnlyList<Value> items) : Value
{
    private int _position;

    public override string TypeName => "Cycler";

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "current" => items[_position],
        "items" => new TupleValue(items),
        "pos" => IntValue.Of(_position),
        "next" => new FunctionValue(name, (_, _) =>
        {
            Value current = items[_position];
            _position = (_position + 1) % items.Count;
            return current;
        }),
        "reset" => new FunctionValue(name, (_, _) =>
        {
            _position = 0;
            return NoneValue.Instance;
        }),
        _ => null,
    };
}

/// <summary>Gives nothing when it is called first, and a separator from then on.</summary>
internal sealed class JoinerValue(Value separator) : Value
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "sep" => separator,
        "used" => BoolValue.Of(_used),
        _ => null,
    };

    public override Value Call(Arguments arguments, Budget budget)
    {
        arguments.Bind("joiner", 0);
        if (_used) return separator;
        _used = true;
        return TextValue.Empty;
    }
}

/// <summary>What <c>self</c> is: the blocks of the template, to be written again.</summary>
internal sealed class BlocksValue(Rendering rendering) : Value
{
    public override string TypeName => "TemplateReference";

    public override Value? Item(Value key, Budget budget)
        => key is TextValue name && rendering.Blocks.TryGetValue(name.Text, out BlockStatement? block)
            ? new FunctionValue(name.Text, (_, _) =>
            {
                var text = new StringBuilder();
                block.Write(rendering, text);
                return rendering.Captured(text);
            })
            : null;
}
