using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Mel.Runtime;

/// <summary>
/// What a run is: the name and value of everything that changes its numbers, as its parts describe themselves, and the parts that keep a state.
/// </summary>
public sealed class RunIdentity
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IRunState> _states = new(StringComparer.Ordinal);
    private string _scope = string.Empty;

    /// <summary>Names, with the parts they belong to in front (<c>objective.inner.ClipRangeHigh</c>), and values.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The parts that keep a state, by the name of their place.</summary>
    public IReadOnlyDictionary<string, IRunState> States => _states;

    /// <summary>Adds a part: the name of its type, and what it describes of itself.</summary>
    /// <param name="name">The place of the part in the one that is being described.</param>
    /// <param name="part">The part; null is a value of its own.</param>
    public void Add(string name, object? part)
    {
        AddState(name, part);
        _values[_scope + name] = part?.GetType().Name ?? "none";
        if (part is IRunPart described) Within(name, () => described.Describe(this));
    }

    /// <summary>Adds the states of a part and of what is inside it, and nothing else: for parts that watch a run and do not change its numbers.</summary>
    /// <param name="name">The place of the part.</param>
    /// <param name="part">The part.</param>
    public void AddState(string name, object? part)
    {
        if (part is IRunState state) _states[_scope + name] = state;
    }

    /// <summary>What every part of <see cref="States"/> remembers now.</summary>
    internal IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SaveStates()
        => _states.ToDictionary(s => s.Key, s => s.Value.SaveState(), StringComparer.Ordinal);

    /// <summary>Adds one setting.</summary>
    /// <param name="name">Its name in the part that is being described.</param>
    /// <param name="value">Its value; formatted independently of the culture, numbers so that they can be read back.</param>
    public void Set(string name, object? value) => _values[_scope + name] = Text(value);

    /// <summary>Adds every public property of an options class.</summary>
    /// <param name="options">The options; properties that hold options of their own are left out and want a call of their own.</param>
    public void SetOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(TOptions options)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (PropertyInfo property in typeof(TOptions).GetProperties().Where(p => p.CanRead && p.CanWrite))
        {
            object? value = property.GetValue(options);
            if (value is null or IConvertible or IEnumerable or Delegate) Set(property.Name, value);
        }
    }

    /// <summary>Runs a description with a name put before all names it adds.</summary>
    /// <param name="name">The place of what is described.</param>
    /// <param name="describe">Adds names and values.</param>
    public void Within(string name, Action describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        string outer = _scope;
        _scope += name + ".";
        describe();
        _scope = outer;
    }

    /// <summary>What differs between this run and a recorded one, a line each: name, old value, new value.</summary>
    /// <param name="recorded">The values of the other run.</param>
    public IReadOnlyList<string> DifferencesFrom(IReadOnlyDictionary<string, string> recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return
        [
            .. _values.Keys.Union(recorded.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Where(name => _values.GetValueOrDefault(name) != recorded.GetValueOrDefault(name))
                .Select(name => $"{name} was {recorded.GetValueOrDefault(name) ?? "absent"} and is {_values.GetValueOrDefault(name) ?? "absent"}"),
        ];
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Text))}]",
        Delegate => "function",
        _ => value.ToString() ?? string.Empty,
    };
}
