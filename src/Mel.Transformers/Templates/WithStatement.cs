using System.Text;

namespace Mel.Transformers.Templates;

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
