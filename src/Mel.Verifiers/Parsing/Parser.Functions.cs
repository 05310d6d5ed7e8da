using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Function()
    {
        string name = Current.Text;
        _at++;
        Node? exponent = null, index = null;
        while (Kind is TokenKind.Caret or TokenKind.Underscore)
        {
            bool raised = Kind == TokenKind.Caret;
            _at++;
            Node? script = Script();
            if (script is null) return null;
            if (script.Has(Traits.Structure)) return Malformed();
            if (raised) exponent = script;
            else index = script;
        }
        if (name == "det" && exponent is null && index is null) return DeterminantOf();
        Node[]? arguments = FunctionArguments();
        if (arguments is null) return null;
        Node? value = Apply(name, index, arguments, ref exponent);
        if (value is null) return Malformed();
        return Made(exponent is null ? value : Nodes.Pow(value, exponent));
    }

    // \det of a matrix is a number, of anything else an unknown function
    private Node? DeterminantOf()
    {
        Node? operand = Power();
        if (operand is null) return null;
        if (operand.Kind == NodeKind.Matrix) return Determinant(operand);
        return operand.Has(Traits.Structure) ? Malformed() : Made(Nodes.Apply("det", [operand]));
    }

    private static Node? Apply(string name, Node? index, Node[] arguments, ref Node? exponent)
    {
        bool one = arguments.Length == 1;
        if (exponent is { Kind: NodeKind.Number } && exponent.Value == new BigRational(-1) && one
            && FunctionNames.Inverse(name) is { } inverse)
        {
            exponent = null;                           // \sin^{-1} is the inverse function
            name = inverse;
        }
        if (one && index is null && FunctionNames.Rewritten(name, arguments[0]) is { } rewritten) return rewritten;
        switch (name)
        {
            case "ln" when one: return Nodes.Function("ln", arguments);
            case "lg" when one: return Nodes.Function("log", [arguments[0], Nodes.Number(new BigRational(10))]);
            case "log" when one: return Nodes.Function("log", index is null ? arguments : [arguments[0], index]);
            case "log" when arguments.Length == 2 && index is null: return Nodes.Function("log", arguments);
            case "exp" when one: return Nodes.Pow(Nodes.E, arguments[0]);
            case "cbrt" when one: return Nodes.Root(arguments[0], Nodes.Number(new BigRational(3)));
            case "gcd" or "lcm" or "max" or "min" when index is null: return Nodes.Function(name, arguments);
            case "det" or "arg": return Nodes.Apply(name, arguments);
            default: return one && index is null ? Nodes.Function(name, arguments) : null;
        }
    }

    private Node[]? FunctionArguments()
    {
        if (Kind is TokenKind.OpenParen or TokenKind.OpenGroup or TokenKind.OpenBracket or TokenKind.OpenSet or TokenKind.OpenBar) return Arguments();
        // sin 2x, log xy: the factors that stand beside each other, up to the next function or operator
        if (++_depth > _limits.Depth)
        {
            _ = Exceeded();
            return null;
        }
        Node? argument = Kind is TokenKind.Minus ? Unary() : Kind is TokenKind.Function ? Function() : Power();
        _depth--;
        if (argument is null) return null;
        List<Node> factors = [argument];
        while (Kind is TokenKind.Number or TokenKind.Symbol or TokenKind.Constant or TokenKind.Fraction or TokenKind.Root or TokenKind.Decoration
            or TokenKind.OpenGroup)
        {
            if (Kind == TokenKind.Number && _tokens[_at - 1].Kind == TokenKind.Number) break;
            Node? factor = Power();
            if (factor is null) return null;
            factors.Add(factor);
            if (factors.Count > _limits.Items)
            {
                _ = Exceeded();
                return null;
            }
        }
        Node product = Nodes.Mul(factors);
        if (!product.Has(Traits.Structure)) return [product];
        _ = Malformed();
        return null;
    }

    // (a, b, c) of a function
    private Node[]? Arguments()
    {
        bool bars = Kind == TokenKind.OpenBar;
        Node? group = bars ? Absolute() : Kind is TokenKind.OpenGroup ? Group() : Kind == TokenKind.OpenSet ? Braced() : Bracketed();
        if (group is null) return null;
        Node[] arguments = group.Kind is NodeKind.Tuple or NodeKind.Closed or NodeKind.Set && group.Name.Length == 0 ? group.Items : [group];
        if (Array.TrueForAll(arguments, static a => !a.Has(Traits.Structure))) return arguments;
        _ = Malformed();
        return null;
    }

    // \sum_{k=1}^{n}, \prod, \int_a^b, \lim_{x \to 0}
    private Node? BigOperator()
    {
        Token head = Current;
        _at++;
        if (++_depth > _limits.Depth) return Exceeded();
        Node lower = Nodes.Zero, upper = Nodes.Zero;
        string variable = "";
        while (Kind is TokenKind.Caret or TokenKind.Underscore)
        {
            bool raised = Kind == TokenKind.Caret;
            _at++;
            if (Kind == TokenKind.OpenGroup && NextKind == TokenKind.CloseGroup)
            {
                _at += 2;
                continue;
            }
            Node? script = Script();
            if (script is null) return null;
            if (raised) upper = script;
            else if (script is { Kind: NodeKind.Relation, Items.Length: 2 } && script.Items[0].Kind is NodeKind.Symbol or NodeKind.Constant
                && script.Name is "=" or "→")
            {
                variable = script.Items[0].Name;
                lower = script.Items[1];
            }
            else lower = script;
        }
        Node? body;
        string name = head.Text;
        if (head.Kind == TokenKind.Integral)
        {
            _integrals++;
            _differential = "x";
            Node? integrand = Sum();
            _integrals--;
            if (integrand is { Kind: NodeKind.Set or NodeKind.Closed, Items.Length: 1 }) integrand = integrand.Items[0];
            body = integrand;
            variable = _differential;
        }
        else body = Product();
        _depth--;
        if (body is null) return null;
        if (body.Has(Traits.Structure) || lower.Has(Traits.Structure) && lower.Kind != NodeKind.Relation || upper.Has(Traits.Structure)) return Malformed();
        if (lower.Kind == NodeKind.Relation) lower = Nodes.Apply("range", [lower.Items[0], lower.Items[^1]]);
        if (variable is "i" or "e") body = Unconstant(body, variable);
        return Made(Nodes.BigOperator(name + ":" + variable, [lower, upper, body]));
    }

    // under \sum_{i=...} the letter i counts
    private static Node Unconstant(Node body, string variable)
        => body.Rewrite(n => n.Kind == NodeKind.Constant && n.Name == variable ? Nodes.Symbol(variable) : n.Items.Length == 0 ? n : null);
}
