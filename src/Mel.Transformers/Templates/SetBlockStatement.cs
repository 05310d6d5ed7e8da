using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>What a block writes, given to a name, through filters where there are some.</summary>
internal sealed class SetBlockStatement(int position, Expression target, FilterExpression? filter, Body body) : Statement(position)
{
    private Frame? _frame;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Rendering rendering = scope.Rendering;
        Scope inner = _frame!.Enter(scope, rendering);
        var text = new StringBuilder();
        Flow flow = body.Run(inner, text);
        if (flow != Flow.Next) return flow;
        rendering.Step(Position);
        Value value = rendering.Captured(text);
        if (filter is not null) value = filter.EvaluateFor(scope, value);
        ((ITarget)target).Assign(scope, value);
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        filter?.Declare(frame, inBranch);
        ((ITarget)target).DeclareSet(frame, inBranch);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        filter?.Bind(frame, isSoft: false);
        ((ITarget)target).BindTarget(frame);
        _frame = body.Within(frame);
    }
}

/// <summary>What a block writes, through filters.</summary>
internal sealed class FilterBlockStatement(int position, FilterExpression filter, Body body) : Statement(position)
{
    private Frame? _frame;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Rendering rendering = scope.Rendering;
        Scope inner = _frame!.Enter(scope, rendering);
        var text = new StringBuilder();
        Flow flow = body.Run(inner, text);
        if (flow != Flow.Next) return flow;
        rendering.Step(Position);
        rendering.Write(output, filter.EvaluateFor(scope, rendering.Captured(text)));
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch) => filter.Declare(frame, inBranch);

    public override void Bind(Frame frame, bool isSoft)
    {
        filter.Bind(frame, isSoft: false);
        _frame = body.Within(frame);
    }
}

/// <summary>Names with values within a block.</summary>
internal sealed class WithStatement(int position, IReadOnlyList<(Expression Target, Expression Value)> names, Body body) : Statement(position)
{
    private Frame? _frame;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        scope.Rendering.Step(Position);
        Scope inner = _frame!.Enter(scope, scope.Rendering);
        foreach ((Expression target, Expression value) in names) ((ITarget)target).Assign(inner, value.Evaluate(scope));
        return body.Run(inner, output);
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        foreach ((_, Expression value) in names) value.Declare(frame, inBranch);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        _frame = new Frame(frame);
        foreach ((Expression target, Expression value) in names)
        {
            value.Bind(frame, isSoft);
            ((ITarget)target).DeclareParameter(_frame);
        }

        body.Declare(_frame, inBranch: false);
        body.Bind(_frame, isSoft: false);
        foreach ((Expression target, _) in names) ((ITarget)target).BindTarget(_frame);
    }
}

/// <summary>A block in which what is written is escaped for HTML, or is not.</summary>
internal sealed class EscapeStatement(int position, Expression option, Body body) : Statement(position)
{
    private Frame? _frame;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Rendering rendering = scope.Rendering;
        rendering.Step(Position);
        Scope inner = _frame!.Enter(scope, rendering);
        bool before = rendering.Escapes;
        rendering.Escapes = option.Evaluate(inner).IsTrue;
        Flow flow = body.Run(inner, output);
        rendering.Escapes = before;
        return flow;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        _frame = new Frame(frame);
        option.Declare(_frame, inBranch: false);
        body.Declare(_frame, inBranch: false);
        option.Bind(_frame, isSoft: false);
        body.Bind(_frame, isSoft: false);
    }
}

/// <summary>A named part that could be replaced by another template, and is written where it stands.</summary>
internal sealed class BlockStatement(int position, string name, bool isScoped, bool isRequired, Body body) : Statement(position)
{
    private Frame? _frame, _around;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Rendering rendering = scope.Rendering;
        rendering.Step(Position);
        if (!isScoped) return Write(rendering, output);
        var names = new Dictionary<string, Value>(StringComparer.Ordinal);
        Scope? at = scope;
        for (Frame? frame = _around; frame is not null; frame = frame.Parent, at = at!.Outer)
        {
            foreach ((string one, int slot) in frame.Names)
            {
                if (at![slot] is { } value) names.TryAdd(one, value);
            }
        }

        return rendering.With(names, () => Write(rendering, output));
    }

    /// <summary>Writes the block.</summary>
    public Flow Write(Rendering rendering, StringBuilder output)
    {
        if (isRequired) throw new PythonException($"Required block '{name}' not found");
        using Budget.CallScope call = rendering.Budget.Enter();
        return body.Run(_frame!.Enter(null, rendering), output);
    }

    public override void Declare(Frame frame, bool inBranch)
    {
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        _around = frame;
        _frame = body.Within(null);
    }
}

/// <summary>A statement that needs other templates, of which there are none.</summary>
internal sealed class LoadStatement(int position, string tag, IReadOnlyList<Expression> values, IReadOnlyList<string> names) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        scope.Rendering.Step(Position);
        throw new PythonException($"'{tag}' asks for another template, but a chat template stands alone");
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        foreach (Expression one in values) one.Declare(frame, inBranch);
        foreach (string name in names) frame.Set(name, inBranch);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        foreach (Expression one in values) one.Bind(frame, isSoft);
    }
}
