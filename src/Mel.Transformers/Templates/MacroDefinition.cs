using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The parameters and the body of a macro, or of a block that is handed over to one.</summary>
/// <param name="name">Its name, or null for a block.</param>
/// <param name="parameters">Names of the parameters, with what they are where they are left out.</param>
/// <param name="body">The body.</param>
/// <param name="reads">Which of <c>caller</c>, <c>kwargs</c> and <c>varargs</c> it reads.</param>
internal sealed class MacroDefinition(
    string? name, IReadOnlyList<(NameExpression Name, Expression? Default)> parameters, Body body, IReadOnlySet<string> reads)
{
    private readonly string[] _names = [.. parameters.Select(parameter => parameter.Name.Name)];
    private Frame? _frame;
    private int[] _slots = [];
    private int? _caller, _named, _rest;

    public string? Name => name;

    public IReadOnlyList<string> Names => _names;

    public bool TakesCaller => reads.Contains("caller");

    public bool TakesNamed => _named is not null;

    public bool TakesRest => _rest is not null;

    public void Bind(Frame frame)
    {
        _frame = new Frame(frame);
        _slots = [.. _names.Select(_frame.Parameter)];
        foreach ((_, Expression? one) in parameters) one?.Declare(_frame, inBranch: false);
        _caller = Special("caller");
        _named = Special("kwargs");
        _rest = Special("varargs");
        body.Declare(_frame, inBranch: false);
        foreach ((_, Expression? one) in parameters) one?.Bind(_frame, isSoft: false);
        body.Bind(_frame, isSoft: false);

        int? Special(string special) => reads.Contains(special) && !_names.Contains(special) ? _frame.Parameter(special) : null;
    }

    /// <summary>What the macro writes.</summary>
    public Value Call(Scope outer, Arguments arguments)
    {
        Rendering rendering = outer.Rendering;
        using Budget.CallScope call = rendering.Budget.Enter();
        Scope scope = _frame!.Enter(outer, rendering);
        Fill(scope, arguments);
        for (int i = 0; i < _slots.Length; i++)
        {
            scope[_slots[i]] ??= parameters[i].Default?.Evaluate(scope) ?? new UndefinedValue($"parameter '{_names[i]}' was not provided");
        }

        var text = new StringBuilder();
        body.Run(scope, text);
        return rendering.Captured(text);
    }

    private void Fill(Scope scope, Arguments arguments)
    {
        int given = Math.Min(arguments.Positional.Count, _names.Length);
        for (int i = 0; i < given; i++) scope[_slots[i]] = arguments.Positional[i];
        Dictionary<string, Value> named = new(arguments.Named, StringComparer.Ordinal);
        for (int i = given; i < _names.Length; i++)
        {
            if (named.Remove(_names[i], out Value? value)) scope[_slots[i]] = value;
        }

        if (_caller is { } slot)
            scope[slot] = named.Remove("caller", out Value? caller) && caller is not NoneValue ? caller : new UndefinedValue("No caller defined");
        if (_named is { } place)
        {
            var map = new MapValue();
            foreach ((string one, Value value) in arguments.Named)
            {
                if (named.ContainsKey(one)) map.Set(one, value);
            }

            scope[place] = map;
        }
        else if (named.Count > 0) throw new PythonException($"macro '{name}' takes no keyword argument {Runtime.Excerpt.Quoted(named.Keys.First())}");

        if (_rest is { } rest) scope[rest] = new TupleValue([.. arguments.Positional.Skip(_names.Length)]);
        else if (arguments.Positional.Count > _names.Length)
            throw new PythonException($"macro '{name}' takes not more than {_names.Length} argument(s)");
    }
}

/// <summary>A macro that can be called.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope scope) : Value
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override void WriteRepr(StringBuilder text, Budget budget)
        => text.Append("<Macro ").Append(definition.Name is { } name ? $"'{name}'" : "anonymous").Append('>');

    public override Value Call(Arguments arguments, Budget budget) => definition.Call(scope, arguments);

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "name" => definition.Name is { } text ? new TextValue(text) : NoneValue.Instance,
        "arguments" => new TupleValue([.. definition.Names.Select(one => new TextValue(one))]),
        "catch_kwargs" => BoolValue.Of(definition.TakesNamed),
        "catch_varargs" => BoolValue.Of(definition.TakesRest),
        "caller" => BoolValue.Of(definition.TakesCaller),
        _ => null,
    };
}

/// <summary>The definition of a macro.</summary>
internal sealed class MacroStatement(NameExpression name, MacroDefinition definition) : Statement(name.Position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        scope.Rendering.Step(Position);
        name.Assign(scope, new MacroValue(definition, scope));
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch) => name.DeclareSet(frame, inBranch);

    public override void Bind(Frame frame, bool isSoft)
    {
        ((ITarget)name).BindTarget(frame);
        definition.Bind(frame);
    }
}

/// <summary>A call of a macro to which a block is handed over, to be written by <c>caller()</c>.</summary>
internal sealed class CallStatement(int position, CallExpression call, MacroDefinition caller) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        Value value = call.Evaluate(scope, new MacroValue(caller, scope));
        scope.Rendering.Write(output, value);
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch) => call.Declare(frame, inBranch);

    public override void Bind(Frame frame, bool isSoft)
    {
        call.Bind(frame, isSoft);
        caller.Bind(frame);
    }
}

/// <summary>What the model is to write, which is written like any other text.</summary>
internal sealed class GenerationStatement(int position, MacroDefinition body) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        scope.Rendering.Step(Position);
        scope.Rendering.Write(output, body.Call(scope, Arguments.None));
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
    }

    public override void Bind(Frame frame, bool isSoft) => body.Bind(frame);
}
