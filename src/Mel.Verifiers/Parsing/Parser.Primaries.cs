using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Primary()
    {
        // \sqrt\sqrt\sqrt, \frac\frac: a primary may begin with another, so each counts as a level
        if (++_primaries > 4 * _limits.Depth) return Exceeded();
        Node? result = PrimaryItem();
        _primaries--;
        return result;
    }

    private Node? PrimaryItem()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number: return NumberLiteral();
            case TokenKind.Currency:
                _at++;
                Node? amount = Kind is TokenKind.Number ? NumberLiteral() : Primary();
                return amount is null ? null : Made(Nodes.Quantity(amount, Currency(token.Text)));
            case TokenKind.Symbol: return Symbol();
            case TokenKind.Constant:
                _at++;
                if (token.Text is "e" or "i" && Kind is TokenKind.Underscore) return Subscripted(token.Text);
                return token.Text switch { "pi" => Nodes.Pi, "e" => Nodes.E, "i" => Nodes.I, _ => Nodes.Infinity };
            case TokenKind.Underscore or TokenKind.Caret: return LeftScripted();
            case TokenKind.Prefix: return Prefixed();
            case TokenKind.Decoration: return Decorated();
            case TokenKind.Function: return Function();
            case TokenKind.Fraction: return Fraction();
            case TokenKind.Root: return Root();
            case TokenKind.Binomial: return Binomial();
            case TokenKind.Sum or TokenKind.Integral or TokenKind.Limit: return BigOperator();
            case TokenKind.Begin: return Environment();
            case TokenKind.OpenParen when NextKind == TokenKind.Number && _tokens[_at + 2].Kind == TokenKind.CloseParen
                && _tokens[_at + 3].Kind == TokenKind.Underscore:
                _at += 3;
                return Based(_tokens[_at - 2].Text);
            case TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.CloseBracket: return Bracketed();
            case TokenKind.OpenGroup: return Group();
            case TokenKind.OpenSet: return Braced();
            case TokenKind.Bar or TokenKind.OpenBar: return Absolute();
            case TokenKind.OpenFloor: return Enclosed(TokenKind.CloseFloor, "floor");
            case TokenKind.OpenCeil: return Enclosed(TokenKind.CloseCeil, "ceil");
            case TokenKind.EmptySet:
                _at++;
                return Nodes.EmptySet;
            case TokenKind.NamedSet:
                _at++;
                return Nodes.Structure(NodeKind.NamedSet, [], token.Text);
            case TokenKind.Ellipsis:
                _at++;
                return Nodes.Ellipsis;
            default: return Malformed();
        }
    }

    private Node? Symbol()
    {
        string name = Current.Text;
        // an integral's own dx
        if (_integrals > 0 && name == "d" && NextKind is TokenKind.Symbol
            && (!_tokens[_at + 1].SpaceBefore || _tokens[_at + 1].End - _tokens[_at + 1].Start > 1))
        {
            _at += 2;
            _differential = _tokens[_at - 1].Text;
            return Nodes.One;
        }
        _at++;
        if (name == "Delta" && Kind == TokenKind.Symbol)
        {
            name += Current.Text;
            _at++;
        }
        return Named(name);
    }

    private Node? Named(string name)
    {
        if ((Combination(name) ?? Chosen(name) ?? Probability(name)) is { } known) return Made(known);
        if (Kind == TokenKind.Underscore) return Subscripted(name);
        while (Kind == TokenKind.Prime)
        {
            name += "'";
            _at++;
        }
        return IsApplied(name) ? Application(name) : Nodes.Symbol(name);
    }

    private Node? Application(string name)
    {
        if (Arguments() is not { } arguments) return null;
        if (name == "Gamma" && arguments.Length == 1) return Made(FunctionNames.Rewritten("gamma", arguments[0]));
        return Made(Nodes.Apply(name, arguments));
    }

    private Node? Subscripted(string name)
    {
        if (Subscript() is not { } below) return Malformed();
        name += "_" + below;
        return IsApplied(name) ? Application(name) : Nodes.Symbol(name);
    }

    // the text of a subscript, without spaces and braces
    private string? Subscript()
    {
        _at++;
        if (Kind == TokenKind.End) return null;
        if (Kind != TokenKind.OpenGroup) return _tokens[_at++].Text;
        System.Text.StringBuilder name = new();
        int depth = 0;
        do
        {
            if (Kind == TokenKind.OpenGroup) depth++;
            else if (Kind == TokenKind.CloseGroup) depth--;
            else if (Kind == TokenKind.End) return null;
            else name.Append(Current.Text.AsSpan().Trim());
            _at++;
        }
        while (depth > 0);
        return name.ToString();
    }

    // \angle ABC, \triangle ABC
    private Node? Prefixed()
    {
        string name = Current.Text;
        _at++;
        while (Kind is TokenKind.Symbol or TokenKind.Constant)
        {
            name += Current.Text;
            _at++;
            if (Kind == TokenKind.Underscore)
            {
                if (Subscript() is not { } below) return Malformed();
                name += "_" + below;
            }
        }
        return Nodes.Symbol(name);
    }

    private Node? Fraction()
    {
        _at++;
        if (Argument(out bool derivative) is not { } numerator) return null;
        if (derivative && Kind == TokenKind.OpenGroup && NextKind == TokenKind.Symbol && _tokens[_at + 1].Text == "d") return Derivative();
        if (Argument(out _) is not { } denominator) return null;
        return Made(Nodes.Divide(numerator, denominator));
    }

    // d/dx f: compared by form
    private Node? Derivative()
    {
        if (Group() is not { } below) return null;
        Node? body = Product();
        return body is null ? null : Made(Nodes.BigOperator("diff:" + (below.Items.Length > 1 ? below.Items[^1].Name : ""), [Nodes.Zero, Nodes.Zero, body]));
    }

    // one argument of a command: a group, or the next token; of a bare number only its first digit
    private Node? Argument(out bool differential)
    {
        differential = Kind == TokenKind.OpenGroup && NextKind == TokenKind.Symbol && _tokens[_at + 1].Text == "d"
            && _tokens[_at + 2].Kind == TokenKind.CloseGroup;
        if (Kind != TokenKind.Number)
        {
            Node? argument = Kind is TokenKind.Minus ? Unary() : Primary();
            return argument is null ? null : argument.Has(Traits.Structure) ? Malformed() : argument;
        }
        Token number = Current;
        if (number.Text.Length == 1)
        {
            _at++;
            return Nodes.Number(new BigRational(number.Text[0] - '0'));
        }
        if (number.Text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return Malformed();
        _tokens[_at] = number with { Text = number.Text[1..], Start = number.Start + 1, SpaceBefore = false };
        return Nodes.Number(new BigRational(number.Text[0] - '0'));
    }

    private Node? Root()
    {
        _at++;
        Node degree = Nodes.Two;
        if (Kind == TokenKind.OpenBracket)
        {
            _at++;
            Node? index = Sum();
            if (index is null) return null;
            if (Kind != TokenKind.CloseBracket || index.Has(Traits.Structure)) return Malformed();
            _at++;
            degree = index;
        }
        // \sqrt13 and √13 mean the root of thirteen: the whole number is taken, unlike in \frac13
        Node? radicand = Kind is TokenKind.Minus ? Unary() : Primary();
        if (radicand is null) return null;
        return radicand.Has(Traits.Structure) ? Malformed() : Made(Nodes.Root(radicand, degree));
    }

    private Node? Binomial()
    {
        _at++;
        if (Argument(out _) is not { } n || Argument(out _) is not { } k) return null;
        return Made(Nodes.Function("binomial", [n, k]));
    }
}
