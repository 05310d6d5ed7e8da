using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Mel.Runtime;

/// <summary>
/// Identifies a run: the name and value of every setting that changes its numbers, as the parts of the run describe themselves. It also lists the parts that
/// keep a state.
/// </summary>
public sealed class RunIdentity
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IRunState> _states = new(StringComparer.Ordinal);
    private readonly List<(string Place, object Part)> _parts = [];
    private string _scope = string.Empty;

    /// <summary>The value of every setting by name. A name begins with the place of its part: <c>objective.inner.ClipRangeHigh</c>.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The parts that keep a state, by their place.</summary>
    public IReadOnlyDictionary<string, IRunState> States => _states;

    /// <summary>Every part that was added, with its place.</summary>
    internal IReadOnlyList<(string Place, object Part)> Parts => _parts;

    /// <summary>Adds a part: the name of its type, and the settings it describes.</summary>
    /// <param name="name">The place of the part in the one that is being described.</param>
    /// <param name="part">The part; null is a value of its own.</param>
    public void Add(string name, object? part)
    {
        AddState(name, part);
        if (part is not null) _parts.Add((_scope + name, part));
        _values[_scope + name] = part?.GetType().Name ?? "none";
        if (part is IRunPart described) Within(name, () => described.Describe(this));
    }

    /// <summary>Adds the state of a part and none of its settings: for parts that watch a run and do not change its numbers.</summary>
    /// <param name="name">The place of the part.</param>
    /// <param name="part">The part.</param>
    public void AddState(string name, object? part)
    {
        if (part is IRunState state) _states[_scope + name] = state;
    }

    /// <summary>What each of <see cref="States"/> remembers now.</summary>
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
        foreach (PropertyInfo property in OptionRules.PropertiesOf<TOptions>())
        {
            object? value = property.GetValue(options);
            if (value is null or IConvertible or IEnumerable or Delegate) Set(property.Name, value);
        }
    }

    /// <summary>Runs a description and puts a name before all names that it adds.</summary>
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

    /// <summary>The settings that differ between this run and a recorded one, a line each: name, old value, new value.</summary>
    /// <param name="recorded">The values of the other run.</param>
    /// <param name="allowed">Names of settings that may differ; a name also stands for all that begin with it and a dot.</param>
    public IReadOnlyList<string> DifferencesFrom(IReadOnlyDictionary<string, string> recorded, params IReadOnlyList<string> allowed)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(allowed);
        List<string> different =
        [
            .. _values.Keys.Union(recorded.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Where(name => _values.GetValueOrDefault(name) != recorded.GetValueOrDefault(name))
                .Where(name => !IsAllowed(name, allowed)),
        ];
        // Of a part that is another one altogether the settings say nothing more.
        return
        [
            .. different.Where(name => !different.Exists(part => IsWithin(name, part)))
                .Select(name => $"{Excerpt.Of(name, 200)} was {Shown(recorded, name)} and is {Shown(_values, name)}"),
        ];
    }

    /// <summary>Whether a name, or a beginning of it up to a dot, is among those that may differ.</summary>
    internal static bool IsAllowed(string name, IReadOnlyList<string> allowed) => allowed.Any(a => name == a || IsWithin(name, a));

    private static bool IsWithin(string name, string part)
        => name.Length > part.Length && name[part.Length] == '.' && name.StartsWith(part, StringComparison.Ordinal);

    private static string Shown(IReadOnlyDictionary<string, string> values, string name)
        => values.TryGetValue(name, out string? value) ? Excerpt.Of(value, 200) : "absent";

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Text))}]",
        // The compiler numbers the lambdas of a class, so two of them have two names; one that was moved has another name as well.
        Delegate function => $"{function.Method.DeclaringType?.FullName}.{function.Method.Name}",
        _ => value.ToString() ?? string.Empty,
    };
}
