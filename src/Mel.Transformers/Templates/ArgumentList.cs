using System.Runtime.CompilerServices;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The arguments of a call, a filter or a test as they stand in a template.</summary>
internal sealed class ArgumentList
{
    /// <summary>No arguments.</summary>
    public static readonly ArgumentList Empty = new();

    public List<Expression> Positional { get; } = [];

    public List<(string Name, Expression Value)> Named { get; } = [];

    /// <summary>What is spread behind the others: <c>*list</c>.</summary>
    public Expression? Spread { get; set; }

    /// <summary>What is spread by name: <c>**map</c>.</summary>
    public Expression? NamedSpread { get; set; }

    public IEnumerable<Expression> Children
        => [.. Positional, .. Named.Select(one => one.Value), .. ((Expression?[])[Spread, NamedSpread]).OfType<Expression>()];

    public Arguments Evaluate(Scope scope, Value? caller = null)
    {
        if (Positional.Count == 0 && Named.Count == 0 && Spread is null && NamedSpread is null && caller is null) return Arguments.None;
        var positional = new List<Value>(Positional.Count);
        foreach (Expression one in Positional) positional.Add(one.Evaluate(scope));
        List<KeyValuePair<string, Value>>? named = null;
        HashSet<string>? names = null;
        foreach ((string name, Expression value) in Named) Add(name, value.Evaluate(scope));
        if (caller is not null) Add("caller", caller);
        if (Spread is not null) positional.AddRange(Spread.Evaluate(scope).ToList(scope.Rendering.Budget));
        if (NamedSpread is not null)
        {
            if (NamedSpread.Evaluate(scope) is not MapValue map) throw new PythonException("the argument after ** must be a mapping");
            foreach ((Value key, Value value) in map.Members)
                Add(key is TextValue text ? text.Text : throw new PythonException("keywords must be strings"), value);
        }

        return new Arguments(positional, named);

        void Add(string name, Value value)
        {
            named ??= [];
            if (!(names ??= new HashSet<string>(StringComparer.Ordinal)).Add(name))
                throw new PythonException($"got multiple values for keyword argument {Runtime.Excerpt.Quoted(name)}");
            named.Add(KeyValuePair.Create(name, value));
        }
    }
}

/// <summary>A call.</summary>
internal sealed class CallExpression(int position, Expression callee, ArgumentList arguments) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [callee, .. arguments.Children];

    public override Value Evaluate(Scope scope) => Evaluate(scope, null);

    /// <summary>Its value, where a block is handed over as the caller.</summary>
    public Value Evaluate(Scope scope, Value? caller)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value function = callee.Evaluate(scope);
        Arguments given = arguments.Evaluate(scope, caller);
        scope.Rendering.Step(Position);
        return function.Call(given, scope.Rendering.Budget);
    }
}

/// <summary>A filter on a value.</summary>
/// <param name="position">Where it stands.</param>
/// <param name="name">Name of the filter.</param>
/// <param name="input">What it works on, or null for the text of a block.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class FilterExpression(int position, string name, Expression? input, ArgumentList arguments) : Expression(position)
{
    private Filters.Filter? _filter;

    protected override IEnumerable<Expression> Children => input is null ? arguments.Children : [input, .. arguments.Children];

    public override void Bind(Frame frame, bool isSoft)
    {
        _filter = Filters.Find(name);
        if (_filter is null && !isSoft) throw new TemplateSyntaxException($"there is no filter named {Runtime.Excerpt.Quoted(name)}", Position);
        base.Bind(frame, isSoft);
    }

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return Apply(scope, input!.Evaluate(scope));
    }

    /// <summary>Its value for the text of a block, through all filters in the row.</summary>
    public Value EvaluateFor(Scope scope, Value text) => Apply(scope, input switch
    {
        null => text,
        FilterExpression inner => inner.EvaluateFor(scope, text),
        _ => input.Evaluate(scope),
    });

    private Value Apply(Scope scope, Value value)
    {
        Arguments given = arguments.Evaluate(scope);
        scope.Rendering.Step(Position);
        if (_filter is null) throw new PythonException($"there is no filter named {Runtime.Excerpt.Quoted(name)}");
        return _filter(scope.Rendering, value, given);
    }
}

/// <summary>A test of a value: <c>x is defined</c>.</summary>
internal sealed class TestExpression(int position, string name, Expression input, ArgumentList arguments) : Expression(position)
{
    private Tests.Test? _test;

    protected override IEnumerable<Expression> Children => [input, .. arguments.Children];

    public override void Bind(Frame frame, bool isSoft)
    {
        _test = Tests.Find(name);
        if (_test is null && !isSoft) throw new TemplateSyntaxException($"there is no test named {Runtime.Excerpt.Quoted(name)}", Position);
        base.Bind(frame, isSoft);
    }

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value value = input.Evaluate(scope);
        Arguments given = arguments.Evaluate(scope);
        scope.Rendering.Step(Position);
        return BoolValue.Of((_test ?? throw new PythonException($"there is no test named {Runtime.Excerpt.Quoted(name)}"))(scope.Rendering, value, given));
    }
}
