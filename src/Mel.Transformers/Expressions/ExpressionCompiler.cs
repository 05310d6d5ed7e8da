namespace Mel.Transformers.Expressions;

/// <summary>Turns the parts of an expression into steps for <see cref="ExpressionMatcher"/>.</summary>
internal sealed class ExpressionCompiler
{
    private const int MostSteps = 512;

    private readonly List<Instruction> _steps = [];

    private ExpressionCompiler()
    {
    }

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="ExpressionException">It takes more steps than are supported.</exception>
    public static Instruction[] Compile(Node node)
    {
        var compiler = new ExpressionCompiler();
        compiler.Emit(node);
        compiler.Add(new Instruction(Operation.Accept));
        return [.. compiler._steps];
    }

    /// <summary>The characters that a part can begin with, or null when it can be empty.</summary>
    public static Func<int, bool>? First(Node node)
    {
        switch (node)
        {
            case Node.One one:
                return one.Contains;
            case Node.Repeat { Least: > 0 } repeat:
                return First(repeat.Part);
            case Node.Choice choice when !choice.IsNullable:
                Func<int, bool>[] branches = [.. choice.Parts.Select(part => First(part)!)];
                return c => Array.Exists(branches, branch => branch(c));
            case Node.Sequence sequence when !sequence.IsNullable:
                Node head = sequence.Parts[0];
                if (!head.IsNullable) return First(head);
                if (head is not (Node.Repeat or Node.Look or Node.At)) return null;
                Func<int, bool>? rest = First(new Node.Sequence([.. sequence.Parts.Skip(1)]));
                // A condition leaves the character to what follows.
                if (rest is null || head is not Node.Repeat optional) return rest;
                return First(optional.Part) is { } some ? c => some(c) || rest(c) : null;
            default:
                return null;
        }
    }

    private int Add(Instruction step)
    {
        if (_steps.Count == MostSteps) throw new ExpressionException($"it takes more than {MostSteps} steps");
        _steps.Add(step);
        return _steps.Count - 1;
    }

    private void Emit(Node node)
    {
        switch (node)
        {
            case Node.One one: Add(new Instruction(Operation.One) { Set = new CharacterSet(one.Contains) }); break;
            case Node.At at: Add(new Instruction(Operation.At) { Place = at.Place }); break;
            case Node.Look look:
                Add(new Instruction(look.Behind ? Operation.Behind : Operation.Ahead) { Set = new CharacterSet(look.Contains), Negative = look.Negative });
                break;
            case Node.Sequence sequence:
                foreach (Node part in sequence.Parts) Emit(part);
                break;
            case Node.Choice choice: EmitChoice(choice.Parts); break;
            case Node.Repeat { Part: Node.One one, Manner: not Manner.Lazy } run:
                Add(new Instruction(run.Manner == Manner.Greedy ? Operation.Run : Operation.Atomic)
                {
                    Set = new CharacterSet(one.Contains), Least = run.Least, Most = run.Most,
                });
                break;
            case Node.Repeat repeat: EmitRepeat(repeat); break;
        }
    }

    private void EmitChoice(IReadOnlyList<Node> parts)
    {
        CharacterSet?[] firsts = [.. parts.Select(First).Select(first => first is null ? null : new CharacterSet(first))];
        int choice = Add(new Instruction(Operation.Choice) { Firsts = firsts });
        var targets = new int[parts.Count];
        var exits = new List<int>();
        for (int i = 0; i < parts.Count; i++)
        {
            targets[i] = _steps.Count;
            Emit(parts[i]);
            if (i + 1 < parts.Count) exits.Add(Add(new Instruction(Operation.Jump)));
        }
        _steps[choice].Targets = targets;
        foreach (int exit in exits) _steps[exit].Targets = [_steps.Count];
    }

    private void EmitRepeat(Node.Repeat repeat)
    {
        for (int i = 0; i < repeat.Least; i++) Emit(repeat.Part);
        bool lazy = repeat.Manner == Manner.Lazy;
        if (repeat.Most == int.MaxValue)
        {
            int loop = Fork();
            Emit(repeat.Part);
            Add(new Instruction(Operation.Jump) { Targets = [loop] });
            Aim(loop, lazy);
            return;
        }

        var forks = new List<int>();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            forks.Add(Fork());
            Emit(repeat.Part);
        }
        foreach (int fork in forks) Aim(fork, lazy);
    }

    /// <summary>A choice between what follows it and the end of the repetition.</summary>
    private int Fork() => Add(new Instruction(Operation.Choice) { Firsts = [null, null] });

    private void Aim(int fork, bool lazy) => _steps[fork].Targets = lazy ? [_steps.Count, fork + 1] : [fork + 1, _steps.Count];
}
