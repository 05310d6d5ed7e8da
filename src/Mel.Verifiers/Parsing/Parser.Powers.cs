using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Power()
    {
        if (++_depth > _limits.Depth) return Exceeded();
        Node? result = PowerItems();
        _depth--;
        return result;
    }

    private Node? PowerItems()
    {
        bool bare = _bare;
        _bare = false;
        Node? value = Primary();
        while (value is not null)
        {
            switch (Kind)
            {
                case TokenKind.Bang:
                    value = Factorial(value);
                    break;
                case TokenKind.Percent:
                    _at++;
                    value = Made(Nodes.Percent(value));
                    break;
                case TokenKind.Degree when IsComposed(value):
                    _at++;
                    Node? inner = Power();
                    return inner is null ? null : Made(Nodes.Apply("∘", [value, inner]));
                case TokenKind.OpenParen when value is { Kind: NodeKind.Apply, Name: "∘" } && !Current.SpaceBefore:
                    if (Arguments() is not { } arguments) return null;
                    value = Made(Nodes.Apply("∘()", [value, .. arguments]));
                    break;
                case TokenKind.Degree:
                    _at++;
                    value = Angle(value);
                    break;
                case TokenKind.Prime when value.IsNumber:
                    value = Marked(value);
                    break;
                case TokenKind.Prime:
                    _at++;
                    value = value.Kind == NodeKind.Symbol ? Nodes.Symbol(value.Name + "'") : Malformed();
                    break;
                case TokenKind.Underscore when value is { Kind: NodeKind.Pow } power && power.Items[0].Kind == NodeKind.Symbol:
                    if (Subscript() is not { } below) return Malformed();
                    value = Made(Nodes.Pow(Nodes.Symbol(power.Items[0].Name + "_" + below), power.Items[1]));
                    break;
                case TokenKind.Caret:
                    value = Raised(value);
                    break;
                case TokenKind.Word or TokenKind.Text when !bare && IsMeasured(value):
                    value = Measured(value);
                    break;
                case TokenKind.Symbol when !bare && LooseUnit(value) is { } loose:
                    value = Made(loose);
                    break;
                case TokenKind.Fraction when UnitFraction(value) is { } rate:
                    value = Made(rate);
                    break;
                case TokenKind.Currency when value.IsNumber && NextKind is not (TokenKind.Number or TokenKind.OpenGroup):
                    value = Made(Nodes.Quantity(value, Currency(Current.Text)));
                    _at++;
                    break;
                case TokenKind.Number when value.Kind is NodeKind.Quantity or NodeKind.Degree
                    && _tokens[_at - 1].Kind is TokenKind.Word or TokenKind.Text or TokenKind.Prime:
                    value = Compound(value);
                    break;
                default:
                    return value;
            }
        }
        return null;
    }

    // n! and the double factorial n!!; a longer run of marks has no common meaning
    private Node? Factorial(Node value)
    {
        int marks = 0;
        while (Kind == TokenKind.Bang)
        {
            _at++;
            marks++;
        }
        return marks > 2 || value.Has(Traits.Structure) ? Malformed() : Made(Nodes.Function(marks == 2 ? "doublefactorial" : "factorial", [value]));
    }

    private Node? Raised(Node value)
    {
        _at++;
        // ^\circ and ^{\circ} mark degrees, ^\prime a prime, ^{th} an ordinal
        if (Kind == TokenKind.Degree)
        {
            _at++;
            return Angle(value);
        }
        if (value.IsNumber && (Kind == TokenKind.Prime || Kind == TokenKind.OpenGroup && NextKind == TokenKind.Prime))
        {
            _at--;
            return Marked(value);
        }
        if (Kind == TokenKind.OpenGroup && NextKind is TokenKind.Degree or TokenKind.Prime or TokenKind.Text or TokenKind.CloseGroup
            && _tokens[_at + 2].Kind is TokenKind.CloseGroup || Kind == TokenKind.OpenGroup && NextKind == TokenKind.CloseGroup)
        {
            TokenKind mark = NextKind;
            _at += mark == TokenKind.CloseGroup ? 2 : 3;
            return mark switch
            {
                TokenKind.Degree => Angle(value),
                TokenKind.Prime when value.Kind == NodeKind.Symbol => Nodes.Symbol(value.Name + "'"),
                TokenKind.Prime => Malformed(),
                _ => value,
            };
        }
        if (Kind == TokenKind.Prime)
        {
            _at++;
            return value.Kind == NodeKind.Symbol ? Nodes.Symbol(value.Name + "'") : Malformed();
        }
        Node? exponent;
        if (Kind is TokenKind.Minus or TokenKind.Plus) exponent = Unary();
        else if (Kind == TokenKind.Times)
        {
            _at++;
            return Starred(value);
        }
        else if (Kind == TokenKind.Number) exponent = Literal(_tokens[_at++].Text);
        else if (Kind is TokenKind.Symbol or TokenKind.Constant && NextKind == TokenKind.Underscore && value.Kind == NodeKind.Symbol) exponent = Script();
        else if (Kind == TokenKind.OpenGroup)
        {
            exponent = Primary();
            if (exponent is not null && Kind == TokenKind.Bang) exponent = Factorial(exponent);
        }
        else exponent = Power();
        if (exponent is null) return null;
        if (value.Kind == NodeKind.NamedSet)
        {
            string power = exponent.IsNumber ? exponent.Value.ToString() : exponent.Name;
            return Made(Nodes.Structure(NodeKind.NamedSet, [], value.Name + "^" + power));
        }
        if (exponent.Has(Traits.Structure)) return Malformed();
        if (value.Kind == NodeKind.Quantity) return Malformed();
        if (value.Kind is NodeKind.Tuple or NodeKind.Closed && value.Name.Length == 0 && exponent is { Kind: NodeKind.Symbol, Name: "T" })
            return Made(Nodes.Matrix(value.Items, 1));
        return value.Kind == NodeKind.Matrix ? Made(MatrixAlgebra.Pow(value, exponent)) ?? Malformed() : Made(Nodes.Pow(value, exponent));
    }

    // one token of a sub- or superscript: in x^a_b and \prod^n_{k=1} the next script belongs to the base
    private Node? Script()
    {
        if (Kind == TokenKind.Number) return Literal(_tokens[_at++].Text);
        if (Kind == TokenKind.Minus) return Unary();
        if (Kind != TokenKind.Symbol) return Primary();
        return Nodes.Symbol(_tokens[_at++].Text);
    }
}
