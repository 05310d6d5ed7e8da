using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The functions that every template can call.</summary>
internal static class Globals
{
    /// <summary>What a name stands for that neither the template nor the conversation sets, or null.</summary>
    public static Value? Find(string name, Rendering rendering) => name switch
    {
        "range" => new FunctionValue(name, static (given, _) => RangeValue.Of(given)),
        "dict" => new FunctionValue(name, static (given, budget) => MapOf(given, "dict", budget)),
        "namespace" => new FunctionValue(name, static (given, budget) => new NamespaceValue(MapOf(given, "namespace", budget))),
        "cycler" => new FunctionValue(name, static (given, _) => given.Positional.Count == 0
            ? throw new PythonException("at least one item has to be provided")
            : new CyclerValue(given.Positional)),
        "joiner" => new FunctionValue(name, static (given, _) => new JoinerValue(given.Bind("joiner", 0, "sep")[0] ?? new TextValue(", "))),
        "lipsum" => new FunctionValue(name, static (_, _) => throw new PythonException("'lipsum' is not supported: a prompt is the same every time")),
        "raise_exception" => new FunctionValue(name, static (given, budget)
            => throw new TemplateRefusalException(given.Bind("raise_exception", 1, "message")[0]!.ToText(budget))),
        "strftime_now" => new FunctionValue(name, (given, budget) => new TextValue(
            TimeFormat.Write(TextMethods.Text(given.Bind("strftime_now", 1, "format")[0]!), rendering.Clock.GetLocalNow(), budget))),
        "self" => new BlocksValue(rendering),
        _ => null,
    };

    private static MapValue MapOf(Arguments given, string function, Budget budget)
    {
        if (given.Positional.Count > 1) throw new PythonException($"{function} expected at most 1 argument, got {given.Positional.Count}");
        var map = new MapValue();
        if (given.Positional.Count == 1)
        {
            if (given.Positional[0] is MapValue other) map = new MapValue(other);
            else
            {
                foreach (Value pair in given.Positional[0].ToList(budget))
                {
                    List<Value> both = pair.ToList(budget);
                    if (both.Count != 2) throw new PythonException($"dictionary update sequence element has length {both.Count}; 2 is required");
                    map.Set(both[0], both[1]);
                }
            }
        }

        budget.Charge(map.Count!.Value);
        foreach ((string name, Value value) in given.Named) map.Set(name, value);
        return map;
    }
}
