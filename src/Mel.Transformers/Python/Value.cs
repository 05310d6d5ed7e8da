using System.Runtime.CompilerServices;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>A value as Python knows it. Values do not change once they are made, but for one-shot streams and the few objects that keep a state.</summary>
internal abstract class Value
{
    /// <summary>The name of its type in Python, for messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>Whether a condition on it holds.</summary>
    public virtual bool IsTrue => Count != 0;

    /// <summary>Its length, or null where it has none.</summary>
    public virtual int? Count => null;

    /// <summary>How many values it is made of, those in it included: what comparing it costs.</summary>
    public virtual long Weight => 1;

    /// <summary>What iterating over it gives, or null where it cannot be iterated.</summary>
    public virtual IEnumerable<Value>? Items => null;

    /// <summary>What <c>repr</c> gives, into a text.</summary>
    public virtual void WriteRepr(StringBuilder text, Budget budget)
        => throw new PythonException($"an object of type {TypeName} has no text that is the same every time");

    /// <summary>What <c>str</c> gives.</summary>
    public virtual string ToText(Budget budget) => Repr(budget);

    /// <summary>What <c>repr</c> gives.</summary>
    public string Repr(Budget budget)
    {
        var text = new StringBuilder();
        WriteRepr(text, budget);
        return text.ToString();
    }

    /// <summary>An attribute, or null where it has none of that name.</summary>
    public virtual Value? Attribute(string name, Budget budget) => null;

    /// <summary>What lies under a key or an index, or null where there is nothing, or nothing can lie there.</summary>
    public virtual Value? Item(Value key, Budget budget) => null;

    /// <summary>Calls it.</summary>
    public virtual Value Call(Arguments arguments, Budget budget) => throw new PythonException($"'{TypeName}' object is not callable");

    /// <summary>Whether it can be called.</summary>
    public virtual bool IsCallable => false;

    /// <summary>Whether it equals a value of its own kind or of another.</summary>
    public virtual bool Same(Value other) => ReferenceEquals(this, other);

    /// <summary>A hash that equal values share.</summary>
    public virtual int Hash() => RuntimeHelpers.GetHashCode(this);

    /// <summary>Whether it can be the key of a dictionary.</summary>
    public virtual bool IsHashable => true;

    public sealed override bool Equals(object? obj) => obj is Value other && Same(other);

    public sealed override int GetHashCode() => Hash();

    /// <summary>What iterating over it gives.</summary>
    /// <exception cref="PythonException">It cannot be iterated.</exception>
    public IEnumerable<Value> Iterate() => Items ?? throw new PythonException($"'{TypeName}' object is not iterable");

    /// <summary>All that iterating over it gives, counted.</summary>
    public List<Value> ToList(Budget budget)
    {
        if (Count is { } count) budget.Charge(count);
        var list = new List<Value>(Count ?? 4);
        foreach (Value item in Iterate())
        {
            if (Count is null) budget.Charge(1);
            list.Add(item);
        }

        return list;
    }

    protected static void WriteAll(StringBuilder text, Budget budget, string open, IEnumerable<Value> items, string close)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        text.Append(open);
        bool first = true;
        foreach (Value item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            item.WriteRepr(text, budget);
            budget.ChargeItem(text.Length);
        }

        text.Append(close);
    }
}
