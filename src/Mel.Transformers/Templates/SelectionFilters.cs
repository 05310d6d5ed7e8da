using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters that change or choose values one by one. Their values are made as they are asked for, and so are their errors.</summary>
internal static class SelectionFilters
{
    public static Value Map(Rendering rendering, Value value, Arguments given) => new StreamValue(Mapped(rendering, value, given));

    public static Value Select(Rendering rendering, Value value, Arguments given, bool wanted, bool byAttribute)
        => new StreamValue(Selected(rendering, value, given, wanted, byAttribute));

    public static Value Unique(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("unique", 0, "case_sensitive", "attribute");
        OrderFilters.Key key = OrderFilters.KeyOf(values[1], values[0], rendering.Budget);
        return new StreamValue(Distinct(value, key, rendering.Budget));
    }

    private static IEnumerable<Value> Mapped(Rendering rendering, Value value, Arguments given)
    {
        if (!value.IsTrue) yield break;
        Func<Value, Value> change = Change(rendering, given);
        foreach (Value item in value.Iterate())
        {
            rendering.Budget.Charge(1);
            yield return change(item);
        }
    }

    private static Func<Value, Value> Change(Rendering rendering, Arguments given)
    {
        Budget budget = rendering.Budget;
        if (given.Positional.Count == 0 && given.Named.Any(one => one.Key == "attribute"))
        {
            Value?[] values = given.Bind("map", 0, "attribute", "default");
            AttributePath path = new(values[0]!);
            return item => path.Of(item, budget, values[1]);
        }

        if (given.Positional.Count == 0) throw new PythonException("map requires a filter argument");
        string name = TextMethods.Text(given.Positional[0]);
        Filters.Filter filter = Filters.Find(name) ?? throw new PythonException($"there is no filter named {Runtime.Excerpt.Quoted(name)}");
        Arguments rest = given.Skip(1);
        return item => filter(rendering, item, rest);
    }

    private static IEnumerable<Value> Selected(Rendering rendering, Value value, Arguments given, bool wanted, bool byAttribute)
    {
        Budget budget = rendering.Budget;
        if (!value.IsTrue) yield break;
        int offset = byAttribute ? 1 : 0;
        if (given.Positional.Count < offset) throw new PythonException("Missing parameter for attribute name");
        AttributePath? path = byAttribute ? new AttributePath(given.Positional[0]) : null;
        string? name = given.Positional.Count > offset ? TextMethods.Text(given.Positional[offset]) : null;
        Arguments rest = given.Skip(offset + 1);
        Tests.Test? test = null;
        foreach (Value item in value.Iterate())
        {
            budget.Charge(1);
            Value one = path?.Of(item, budget) ?? item;
            if (name is not null) test ??= Tests.Find(name) ?? throw new PythonException($"there is no test named {Runtime.Excerpt.Quoted(name)}");
            if ((test?.Invoke(rendering, one, rest) ?? one.IsTrue) == wanted) yield return item;
        }
    }

    private static IEnumerable<Value> Distinct(Value value, OrderFilters.Key key, Budget budget)
    {
        var seen = new HashSet<Value>();
        foreach (Value item in value.Iterate())
        {
            budget.Charge(1);
            Value one = key(item);
            budget.Charge(one.Weight);
            if (!one.IsHashable) throw new PythonException($"unhashable type: '{one.TypeName}'");
            if (seen.Add(one)) yield return item;
        }
    }
}
