using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>One rendering of a template: what it is given, what it may use, and where it is.</summary>
/// <param name="variables">What the names of the conversation stand for.</param>
/// <param name="clock">The clock of <c>strftime_now</c>.</param>
/// <param name="budget">What it may use.</param>
internal sealed class Rendering(IReadOnlyDictionary<string, Value> variables, TimeProvider clock, Budget budget)
{
    private readonly Dictionary<string, Value> _exports = new(StringComparer.Ordinal);

    public Budget Budget => budget;

    public TimeProvider Clock => clock;

    /// <summary>Where the template is, for messages.</summary>
    public int Position { get; set; }

    /// <summary>Whether what is written is escaped for HTML.</summary>
    public bool Escapes { get; set; }

    /// <summary>The blocks of the template.</summary>
    public IReadOnlyDictionary<string, BlockStatement> Blocks { get; init; } = new Dictionary<string, BlockStatement>();

    /// <summary>Counts a step of the work at a place.</summary>
    public void Step(int position)
    {
        Position = position;
        budget.Charge(1);
    }

    /// <summary>What a name stands for that the template has not set, or null.</summary>
    public Value? Resolve(string name)
        => _exports.GetValueOrDefault(name) ?? variables.GetValueOrDefault(name) ?? Globals.Find(name, this);

    /// <summary>Makes a value known to the blocks of the template.</summary>
    public void Export(string name, Value value)
    {
        if (Blocks.Count > 0) _exports[name] = value;
    }

    /// <summary>Runs with some more names known to the blocks.</summary>
    public T With<T>(IReadOnlyDictionary<string, Value> names, Func<T> run)
    {
        budget.Charge(names.Count + _exports.Count);
        var before = new Dictionary<string, Value>(_exports, StringComparer.Ordinal);
        foreach ((string name, Value value) in names) _exports[name] = value;
        T result = run();
        _exports.Clear();
        foreach ((string name, Value value) in before) _exports[name] = value;
        return result;
    }

    /// <summary>Writes a text.</summary>
    public void Write(StringBuilder output, string text)
    {
        budget.RequireLength((long)output.Length + text.Length);
        output.Append(text);
    }

    /// <summary>Writes a value as an expression between braces does.</summary>
    public void Write(StringBuilder output, Value value)
    {
        string text = Escapes ? TextValue.Escaped(value, budget).Text : value.ToText(budget);
        budget.ChargeText(text.Length);
        Write(output, text);
    }

    /// <summary>What a captured text is: markup where what is written is escaped.</summary>
    public TextValue Captured(StringBuilder output)
    {
        budget.ChargeText(output.Length);
        return new TextValue(output.ToString(), Escapes);
    }
}
