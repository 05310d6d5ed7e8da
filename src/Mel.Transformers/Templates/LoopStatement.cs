using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>A loop over values.</summary>
/// <param name="position">Where it stands.</param>
/// <param name="target">What each value is given to.</param>
/// <param name="values">The values.</param>
/// <param name="test">Which of them count, or null.</param>
/// <param name="isRecursive">Whether it may be called from within.</param>
/// <param name="body">What is done for each.</param>
/// <param name="otherwise">What is done where there is none.</param>
internal sealed class LoopStatement(
    int position, Expression target, Expression values, Expression? test, bool isRecursive, Body body, Body otherwise) : Statement(position)
{
    private Frame? _bodyFrame, _elseFrame, _testFrame;
    private int _loopSlot;

    public override Flow Run(Scope scope, StringBuilder output)
    {
        Value all = values.Evaluate(scope);
        scope.Rendering.Step(Position);
        return Run(scope, all, output, depth: 0);
    }

    public override void Declare(Frame frame, bool inBranch) => values.Declare(frame, inBranch);

    public override void Bind(Frame frame, bool isSoft)
    {
        values.Bind(frame, isSoft);
        var aim = (ITarget)target;
        if (test is not null)
        {
            _testFrame = new Frame(frame);
            aim.DeclareParameter(_testFrame);
            test.Declare(_testFrame, inBranch: false);
            test.Bind(_testFrame, isSoft: false);
        }

        // The names of the target come first in both frames, so that they lie at the same places.
        _bodyFrame = new Frame(frame);
        aim.DeclareParameter(_bodyFrame);
        _loopSlot = _bodyFrame.Parameter("loop");
        body.Declare(_bodyFrame, inBranch: false);
        body.Bind(_bodyFrame, isSoft: false);
        aim.BindTarget(_bodyFrame);
        _elseFrame = otherwise.Within(frame);
    }

    /// <summary>Writes the loop for values that a call within it gives.</summary>
    private TextValue Recurse(Scope scope, Arguments arguments, int depth)
    {
        Rendering rendering = scope.Rendering;
        using Budget.CallScope call = rendering.Budget.Enter();
        var text = new StringBuilder();
        Run(scope, arguments.Bind("loop", 1, "iterable")[0]!, text, depth);
        return rendering.Captured(text);
    }

    private Flow Run(Scope scope, Value all, StringBuilder output, int depth)
    {
        Rendering rendering = scope.Rendering;
        IEnumerable<Value> items = all.Iterate();
        if (test is not null) items = Filtered(scope, items);
        var loop = new LoopValue(test is null ? all.Count : null, items, depth,
            isRecursive ? (given, level) => Recurse(scope, given, level) : null);
        // As in Jinja, only an item whose body came to its end keeps the else part from being written.
        bool any = false;
        while (loop.MoveNext())
        {
            rendering.Step(Position);
            Scope inner = _bodyFrame!.Enter(scope, rendering);
            inner[_loopSlot] = loop;
            ((ITarget)target).Assign(inner, loop.Current);
            Flow flow = body.Run(inner, output);
            any |= flow == Flow.Next;
            if (flow == Flow.Break) break;
        }

        return any ? Flow.Next : otherwise.Run(_elseFrame!.Enter(scope, rendering), output);
    }

    private IEnumerable<Value> Filtered(Scope scope, IEnumerable<Value> items)
    {
        Scope inner = _testFrame!.Enter(scope, scope.Rendering);
        foreach (Value item in items)
        {
            scope.Rendering.Step(test!.Position);
            ((ITarget)target).Assign(inner, item);
            if (test.Evaluate(inner).IsTrue) yield return item;
        }
    }
}
