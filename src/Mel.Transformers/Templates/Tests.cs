using System.Collections.Frozen;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The tests of Jinja: what may stand behind <c>is</c>.</summary>
internal static class Tests
{
    /// <summary>A test: whether a value, with arguments, passes.</summary>
    public delegate bool Test(Rendering rendering, Value value, Arguments arguments);

    private static readonly FrozenDictionary<string, Test> All = new Dictionary<string, Test>
    {
        ["odd"] = Plain("odd", static (r, value) => Operators.Modulo(value, IntValue.Of(2), r.Budget).Same(IntValue.Of(1))),
        ["even"] = Plain("even", static (r, value) => Operators.Modulo(value, IntValue.Of(2), r.Budget).Same(IntValue.Of(0))),
        ["divisibleby"] = (r, value, given) => Operators.Modulo(value, given.Bind("divisibleby", 1, "num")[0]!, r.Budget).Same(IntValue.Of(0)),
        ["defined"] = Plain("defined", static (r, value) => value is not UndefinedValue),
        ["undefined"] = Plain("undefined", static (r, value) => value is UndefinedValue),
        ["filter"] = Plain("filter", static (r, value) => value is TextValue name && Filters.Find(name.Text) is not null),
        ["test"] = Plain("test", static (r, value) => value is TextValue name && Find(name.Text) is not null),
        ["none"] = Plain("none", static (r, value) => value is NoneValue),
        ["boolean"] = Plain("boolean", static (r, value) => value is BoolValue),
        ["true"] = Plain("true", static (r, value) => value is BoolValue { IsTrue: true }),
        ["false"] = Plain("false", static (r, value) => value is BoolValue { IsTrue: false }),
        ["integer"] = Plain("integer", static (r, value) => value is IntValue),
        ["float"] = Plain("float", static (r, value) => value is FloatValue),
        ["number"] = Plain("number", static (r, value) => value is NumberValue),
        ["string"] = Plain("string", static (r, value) => value is TextValue),
        ["mapping"] = Plain("mapping", static (r, value) => value is MapValue),
        ["sequence"] = Plain("sequence", static (r, value) => value is SequenceValue or TextValue or MapValue or RangeValue or UndefinedValue),
        ["iterable"] = Plain("iterable", static (r, value) => value.Items is not null || value is LoopValue),
        ["callable"] = Plain("callable", static (r, value) => value.IsCallable),
        ["lower"] = Plain("lower", static (r, value) => IsCase(r, value, upper: false)),
        ["upper"] = Plain("upper", static (r, value) => IsCase(r, value, upper: true)),
        ["escaped"] = Plain("escaped", static (r, value) => value is TextValue { IsSafe: true }),
        ["sameas"] = (r, value, given) => IsSame(value, given.Bind("sameas", 1, "other")[0]!),
        ["in"] = (r, value, given) => Operators.Contains(given.Bind("in", 1, "seq")[0]!, value, r.Budget),
        ["=="] = Comparing("=="),
        ["eq"] = Comparing("=="),
        ["equalto"] = Comparing("=="),
        ["!="] = Comparing("!="),
        ["ne"] = Comparing("!="),
        [">"] = Comparing(">"),
        ["gt"] = Comparing(">"),
        ["greaterthan"] = Comparing(">"),
        [">="] = Comparing(">="),
        ["ge"] = Comparing(">="),
        ["<"] = Comparing("<"),
        ["lt"] = Comparing("<"),
        ["lessthan"] = Comparing("<"),
        ["<="] = Comparing("<="),
        ["le"] = Comparing("<="),
    }.ToFrozenDictionary();

    /// <summary>A test, or null where there is none of that name.</summary>
    public static Test? Find(string name) => All.GetValueOrDefault(name);

    private static Test Plain(string name, Func<Rendering, Value, bool> test) => (rendering, value, given) =>
    {
        given.Bind(name, 0);
        return test(rendering, value);
    };

    private static Test Comparing(string sign)
        => (rendering, value, given) => CompareExpression.Holds(value, sign, given.Bind(sign, 1, "/other")[0]!, rendering.Budget);

    private static bool IsCase(Rendering rendering, Value value, bool upper)
    {
        string text = value.ToText(rendering.Budget);
        rendering.Budget.ChargeText(text.Length);
        return TextCase.IsAll(text, upper);
    }

    private static bool IsSame(Value value, Value other)
        => ReferenceEquals(value, other) || (value is NumberValue or TextValue && value.GetType() == other.GetType() && value.Same(other));
}
