using System.Runtime.CompilerServices;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>A part of a template that writes, sets or decides.</summary>
/// <param name="position">Where it stands.</param>
internal abstract class Statement(int position)
{
    public int Position => position;

    public abstract Flow Run(Scope scope, StringBuilder output);

    /// <summary>Tells the frame it stands in which names it reads and sets there.</summary>
    public abstract void Declare(Frame frame, bool inBranch);

    /// <summary>Finds where its names lie, and makes the frames of the parts in it.</summary>
    public abstract void Bind(Frame frame, bool isSoft);
}

/// <summary>Statements one after another.</summary>
/// <param name="statements">The statements.</param>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    public static readonly Body Empty = new([]);

    public int Count => statements.Count;

    public Flow Run(Scope scope, StringBuilder output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (Statement statement in statements)
        {
            Flow flow = statement.Run(scope, output);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    /// <summary>Runs the statements in a scope of their own, and keeps what they write.</summary>
    /// <param name="frame">Names of the scope.</param>
    /// <param name="around">The scope that the statements stand in.</param>
    /// <param name="position">Where the block stands, which counts as a step.</param>
    /// <param name="written">What was written; null where the statements were left early.</param>
    public Flow Capture(Frame frame, Scope around, int position, out Value? written)
    {
        var text = new StringBuilder();
        Flow flow = Run(frame.Enter(around, around.Rendering), text);
        written = null;
        if (flow != Flow.Next) return flow;
        around.Rendering.Step(position);
        written = around.Rendering.Captured(text);
        return flow;
    }

    public void Declare(Frame frame, bool inBranch)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (Statement statement in statements) statement.Declare(frame, inBranch);
    }

    public void Bind(Frame frame, bool isSoft)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (Statement statement in statements) statement.Bind(frame, isSoft);
    }

    /// <summary>Makes the frame of statements that have one of their own.</summary>
    public Frame Within(Frame? parent, params ReadOnlySpan<string> parameters)
    {
        var frame = new Frame(parent);
        foreach (string parameter in parameters) frame.Parameter(parameter);
        Declare(frame, inBranch: false);
        Bind(frame, isSoft: false);
        return frame;
    }
}

/// <summary>Text that is written as it stands.</summary>
internal sealed class DataStatement(int position, string text) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        scope.Rendering.Step(Position);
        scope.Rendering.Budget.ChargeText(text.Length);
        scope.Rendering.Write(output, text);
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
    }

    public override void Bind(Frame frame, bool isSoft)
    {
    }
}

/// <summary>Values that are written.</summary>
internal sealed class PrintStatement(int position, IReadOnlyList<Expression> values) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        foreach (Expression one in values)
        {
            Value value = one.Evaluate(scope);
            scope.Rendering.Step(one.Position);
            scope.Rendering.Write(output, value);
        }

        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        foreach (Expression one in values) one.Declare(frame, inBranch);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        foreach (Expression one in values) one.Bind(frame, isSoft);
    }
}

/// <summary><c>if</c>, <c>elif</c> and <c>else</c>.</summary>
internal sealed class IfStatement(int position, IReadOnlyList<(Expression Test, Body Body)> branches, Body otherwise) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        foreach ((Expression test, Body body) in branches)
        {
            scope.Rendering.Step(test.Position);
            if (test.Evaluate(scope).IsTrue) return body.Run(scope, output);
        }

        return otherwise.Run(scope, output);
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        for (int i = 0; i < branches.Count; i++)
        {
            branches[i].Test.Declare(frame, inBranch || i > 0);
            branches[i].Body.Declare(frame, inBranch: true);
        }

        otherwise.Declare(frame, inBranch: true);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        foreach ((Expression test, Body body) in branches)
        {
            test.Bind(frame, isSoft: true);
            body.Bind(frame, isSoft: true);
        }

        otherwise.Bind(frame, isSoft: true);
    }
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class LeaveStatement(int position, Flow flow) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output) => flow;

    public override void Declare(Frame frame, bool inBranch)
    {
    }

    public override void Bind(Frame frame, bool isSoft)
    {
    }
}

/// <summary>A value, or several, given to names.</summary>
internal sealed class SetStatement(int position, Expression target, Expression value) : Statement(position)
{
    public override Flow Run(Scope scope, StringBuilder output)
    {
        Value given = value.Evaluate(scope);
        scope.Rendering.Step(Position);
        ((ITarget)target).Assign(scope, given);
        return Flow.Next;
    }

    public override void Declare(Frame frame, bool inBranch)
    {
        value.Declare(frame, inBranch);
        ((ITarget)target).DeclareSet(frame, inBranch);
    }

    public override void Bind(Frame frame, bool isSoft)
    {
        value.Bind(frame, isSoft);
        ((ITarget)target).BindTarget(frame);
    }
}
