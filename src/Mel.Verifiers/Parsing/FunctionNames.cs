using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

/// <summary>The many names of one function, and functions that are written out in terms of others.</summary>
internal static class FunctionNames
{
    /// <summary>The name of the inverse function, which the exponent -1 stands for; null where that exponent is a reciprocal.</summary>
    public static string? Inverse(string name) => name switch
    {
        "sin" or "cos" or "tan" or "cot" or "sec" or "csc" or "sinh" or "cosh" or "tanh" or "coth" or "sech" or "csch" => "arc" + name,
        _ => null,
    };

    /// <summary>The function in terms of those that can be evaluated, or null for one of these.</summary>
    public static Node? Rewritten(string name, Node x) => name switch
    {
        "sech" => Reciprocal(Function("cosh", x)),
        "csch" => Reciprocal(Function("sinh", x)),
        "arcsec" => Function("arccos", Reciprocal(x)),
        "arccsc" => Function("arcsin", Reciprocal(x)),
        "arcsech" or "arsech" => Function("arccosh", Reciprocal(x)),
        "arccsch" or "arcsch" => Function("arcsinh", Reciprocal(x)),
        "arccoth" or "arcoth" => Function("arctanh", Reciprocal(x)),
        "arsinh" or "asinh" => Function("arcsinh", x),
        "arcosh" or "acosh" => Function("arccosh", x),
        "artanh" or "atanh" => Function("arctanh", x),
        "cis" => Nodes.Add([Function("cos", x), Nodes.Mul([Nodes.I, Function("sin", x)])]),
        "gamma" => Function("factorial", Nodes.Add([x, Nodes.MinusOne])),
        _ => null,
    };

    private static Node Function(string name, Node x) => Nodes.Function(name, [x]);

    private static Node Reciprocal(Node x) => x is { IsNumber: true, Value.IsZero: false } ? Nodes.Number(x.Value.Inverse()) : Nodes.Pow(x, Nodes.MinusOne);
}
