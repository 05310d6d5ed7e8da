using System.Runtime.CompilerServices;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>A part of a template that has a value.</summary>
/// <param name="position">Where it stands.</param>
internal abstract class Expression(int position)
{
    public int Position => position;

    /// <summary>The expressions within it, in the order in which Jinja looks at them.</summary>
    protected virtual IEnumerable<Expression> Children => [];

    /// <summary>Its value.</summary>
    public abstract Value Evaluate(Scope scope);

    /// <summary>Tells a frame which names it reads.</summary>
    public virtual void Declare(Frame frame, bool inBranch)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (Expression child in Children) child.Declare(frame, inBranch);
    }

    /// <summary>Finds where its names lie.</summary>
    /// <param name="frame">The frame that it stands in.</param>
    /// <param name="isSoft">Whether it may never run, so that what it asks for need not exist.</param>
    public virtual void Bind(Frame frame, bool isSoft)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (Expression child in Children) child.Bind(frame, isSoft);
    }

    /// <summary>Whether it is a name, or names in a row, that can be set; and sets are told to the frame.</summary>
    public virtual bool CanBeSet => false;
}

/// <summary>A value that stands in the template.</summary>
internal sealed class ConstantExpression(int position, Value value) : Expression(position)
{
    public Value Value => value;

    public override Value Evaluate(Scope scope) => value;
}

/// <summary>A name.</summary>
internal sealed class NameExpression(int position, string name) : Expression(position), ITarget
{
    private Frame.Place _place;
    private bool _isTop;

    public string Name => name;

    public override bool CanBeSet => true;

    public override Value Evaluate(Scope scope) => scope.Get(_place) ?? UndefinedValue.Name(name);

    public override void Declare(Frame frame, bool inBranch) => frame.Read(name);

    public override void Bind(Frame frame, bool isSoft) => (_place, _isTop) = (frame.Find(name)!.Value, frame.IsTop);

    public void DeclareSet(Frame frame, bool inBranch) => frame.Set(name, inBranch);

    public void DeclareParameter(Frame frame) => frame.Parameter(name);

    public void Assign(Scope scope, Value value)
    {
        scope[_place.Slot] = value;
        if (_isTop) scope.Rendering.Export(name, value);
    }

    void ITarget.BindTarget(Frame frame) => Bind(frame, isSoft: true);
}

/// <summary>What a value can be given to.</summary>
internal interface ITarget
{
    /// <summary>Tells a frame which names are set.</summary>
    void DeclareSet(Frame frame, bool inBranch);

    /// <summary>Tells a frame which names have a value from its beginning.</summary>
    void DeclareParameter(Frame frame);

    /// <summary>Finds where the names lie.</summary>
    void BindTarget(Frame frame);

    /// <summary>Gives it a value.</summary>
    void Assign(Scope scope, Value value);
}

/// <summary>An attribute of a namespace that is set.</summary>
internal sealed class NamespaceTarget(int position, string name, string attribute) : Expression(position), ITarget
{
    private readonly NameExpression _name = new(position, name);

    protected override IEnumerable<Expression> Children => [_name];

    public override bool CanBeSet => true;

    public override Value Evaluate(Scope scope) => throw new InvalidOperationException("A target has no value.");

    public void DeclareSet(Frame frame, bool inBranch) => _name.Declare(frame, inBranch);

    public void DeclareParameter(Frame frame) => _name.Declare(frame, inBranch: true);

    public void BindTarget(Frame frame) => _name.Bind(frame, isSoft: true);

    public void Assign(Scope scope, Value value)
    {
        scope.Rendering.Step(Position);
        if (_name.Evaluate(scope) is not NamespaceValue space) throw new PythonException("cannot assign attribute on non-namespace object");
        space.Set(attribute, value);
    }
}

/// <summary>A list or a tuple.</summary>
internal sealed class SequenceExpression(int position, IReadOnlyList<Expression> items, bool isTuple) : Expression(position), ITarget
{
    public override bool CanBeSet => isTuple && items.All(item => item.CanBeSet);

    protected override IEnumerable<Expression> Children => items;

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        scope.Rendering.Step(Position);
        var values = new Value[items.Count];
        for (int i = 0; i < values.Length; i++) values[i] = items[i].Evaluate(scope);
        return isTuple ? new TupleValue(values) : new ListValue(values);
    }

    public void DeclareSet(Frame frame, bool inBranch)
    {
        foreach (Expression item in items) ((ITarget)item).DeclareSet(frame, inBranch);
    }

    public void DeclareParameter(Frame frame)
    {
        foreach (Expression item in items) ((ITarget)item).DeclareParameter(frame);
    }

    public void BindTarget(Frame frame)
    {
        foreach (Expression item in items) ((ITarget)item).BindTarget(frame);
    }

    public void Assign(Scope scope, Value value)
    {
        scope.Rendering.Step(Position);
        if (value.Items is null) throw new PythonException($"cannot unpack non-iterable {value.TypeName} object");
        List<Value> values = [.. value.Items.Take(items.Count + 1)];
        if (values.Count > items.Count) throw new PythonException($"too many values to unpack (expected {items.Count})");
        if (values.Count < items.Count) throw new PythonException($"not enough values to unpack (expected {items.Count}, got {values.Count})");
        for (int i = 0; i < values.Count; i++) ((ITarget)items[i]).Assign(scope, values[i]);
    }
}

/// <summary>A dictionary.</summary>
internal sealed class MapExpression(int position, IReadOnlyList<(Expression Key, Expression Value)> members) : Expression(position)
{
    protected override IEnumerable<Expression> Children => members.SelectMany(member => (Expression[])[member.Key, member.Value]);

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        scope.Rendering.Step(Position);
        var map = new MapValue();
        foreach ((Expression key, Expression value) in members)
        {
            Value name = key.Evaluate(scope);
            scope.Rendering.Budget.Charge(name.Weight);
            map.Set(name, value.Evaluate(scope));
        }

        return map;
    }
}

/// <summary>An attribute of a value.</summary>
internal sealed class AttributeExpression(int position, Expression of, string name) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [of];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value value = of.Evaluate(scope);
        scope.Rendering.Step(Position);
        return Lookups.Attribute(value, name, scope.Rendering.Budget);
    }
}

/// <summary>What lies under a key, an index or a slice of a value.</summary>
internal sealed class ItemExpression(int position, Expression of, Expression key) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [of, key];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value value = of.Evaluate(scope), place = key.Evaluate(scope);
        scope.Rendering.Step(Position);
        if (key is SliceExpression)
            return value is UndefinedValue undefined ? throw undefined.Failure()
                : value.Item(place, scope.Rendering.Budget) ?? throw new PythonException($"'{value.TypeName}' object is not subscriptable");
        return Lookups.Item(value, place, scope.Rendering.Budget);
    }
}

/// <summary>The bounds of a slice.</summary>
internal sealed class SliceExpression(int position, Expression? start, Expression? stop, Expression? step) : Expression(position)
{
    protected override IEnumerable<Expression> Children => ((Expression?[])[start, stop, step]).OfType<Expression>();

    public override Value Evaluate(Scope scope) => new SliceValue(start?.Evaluate(scope), stop?.Evaluate(scope), step?.Evaluate(scope));
}
