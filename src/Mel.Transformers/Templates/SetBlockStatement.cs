using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>What a block writes, given to a name, through filters where there are some.</summary>
internal sealed class SetBlockStatement(int position, Expression target, FilterExpression? filter, Body body) : Statement(position)
{
    private Frame? _frame;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Flow flow = body.Capture(_frame!, scope, Position, out Value? written);
        if (written is not null) ((ITarget)target).Assign(scope, filter is null ? written : filter.EvaluateFor(scope, written));
        return flow;
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
        Flow flow = body.Capture(_frame!, scope, Position, out Value? written);
        if (written is not null) scope.Rendering.Write(output, filter.EvaluateFor(scope, written));
        return flow;
    }

    public override void Declare(Frame frame, bool inBranch) => filter.Declare(frame, inBranch);

    public override void Bind(Frame frame, bool isSoft)
    {
        filter.Bind(frame, isSoft: false);
        _frame = body.Within(frame);
    }
}
