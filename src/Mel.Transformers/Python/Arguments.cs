namespace Mel.Transformers.Python;

/// <summary>The arguments of a call.</summary>
/// <param name="positional">Those without a name.</param>
/// <param name="named">Those with one.</param>
internal sealed class Arguments(IReadOnlyList<Value> positional, IReadOnlyList<KeyValuePair<string, Value>>? named = null)
{
    /// <summary>No arguments.</summary>
    public static readonly Arguments None = new([]);

    /// <summary>Those without a name.</summary>
    public IReadOnlyList<Value> Positional => positional;

    /// <summary>Those with a name, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, Value>> Named { get; } = named ?? [];

    /// <summary>The arguments of a function with parameters, null for those that are left out.</summary>
    /// <param name="function">Name of the function, for messages.</param>
    /// <param name="required">How many must be given.</param>
    /// <param name="names">Names of its parameters. One that begins with a slash cannot be given by name.</param>
    public Value?[] Bind(string function, int required, params ReadOnlySpan<string> names)
    {
        if (positional.Count > names.Length)
            throw new PythonException($"{function}() takes at most {names.Length} argument(s), {positional.Count} given");
        var values = new Value?[names.Length];
        for (int i = 0; i < positional.Count; i++) values[i] = positional[i];
        foreach ((string name, Value value) in Named)
        {
            int place = names.IndexOf(name);
            if (place < 0) throw new PythonException($"{function}() got an unexpected keyword argument {Show(name)}");
            if (values[place] is not null) throw new PythonException($"{function}() got multiple values for argument '{name}'");
            values[place] = value;
        }

        for (int i = 0; i < required; i++)
        {
            if (values[i] is null) throw new PythonException($"{function}() missing required argument '{names[i].TrimStart('/')}'");
        }

        return values;
    }

    /// <summary>These arguments behind another one.</summary>
    public Arguments After(Value first) => new([first, .. positional], Named);

    /// <summary>These arguments without the first ones.</summary>
    public Arguments Skip(int count) => new([.. positional.Skip(count)], Named);

    private static string Show(string name) => Runtime.Excerpt.Quoted(name);
}
