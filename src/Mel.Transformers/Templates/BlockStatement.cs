using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

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
