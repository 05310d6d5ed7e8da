using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Sum()
    {
        List<Node>? terms = null;
        Node? single = Product();
        if (single is null) return null;
        while (Kind is TokenKind.Plus or TokenKind.Minus or TokenKind.PlusMinus or TokenKind.MinusPlus)
        {
            TokenKind sign = Kind;
            _at++;
            Node? term = Product();
            if (term is null) return null;
            terms ??= [single];
            terms.Add(Signed(sign, term));
            if (terms.Count > _limits.Items) return Exceeded();
        }
        if (terms is null) return single;
        if (!terms.Exists(static t => t.Has(Traits.Structure))) return Made(Nodes.Add(terms));
        return Made(MatrixAlgebra.Add(terms) ?? new Node(NodeKind.Add, [.. terms], "", default, Traits.None));
    }

    private static Node Signed(TokenKind sign, Node term) => sign switch
    {
        TokenKind.Minus => MatrixAlgebra.Scale(Nodes.MinusOne, term) ?? Nodes.Negate(term),
        TokenKind.PlusMinus => Nodes.PlusMinus(term, minusFirst: false),
        TokenKind.MinusPlus => Nodes.PlusMinus(term, minusFirst: true),
        _ => term,
    };

    private Node? Product()
    {
        Node? first = Unary();
        if (first is null) return null;
        List<Node>? factors = null;
        bool crossed = false;
        while (true)
        {
            Node? factor;
            if (Kind is TokenKind.Times)
            {
                bool cross = Current.Text == "times";
                _at++;
                factor = Unary();
                Node before = factors is null ? first : factors[^1];
                if (factor is not null && VectorProduct(cross, before, factor) is { } product)
                {
                    if (factors is null) first = product;
                    else factors[^1] = product;
                    continue;
                }
                crossed |= cross;
            }
            else if (Kind is TokenKind.Slash or TokenKind.Divide)
            {
                _at++;
                bool plain = !first.Has(Traits.Unit) && factors?.Exists(static f => f.Has(Traits.Unit)) != true;
                factor = Denominator(plain);
                if (factor is not null) factor = Nodes.Pow(factor, Nodes.MinusOne);
                // 3/4 mile: the unit is that of the quotient
                if (factor is not null && plain && Kind is TokenKind.Word or TokenKind.Text)
                {
                    first = Multiply([.. factors ?? [first], factor])!;
                    factors = null;
                    if (!IsMeasured(first)) continue;
                    if (Measured(first) is not { } measured) return null;
                    first = measured;
                    continue;
                }
            }
            else if (Kind == TokenKind.Modulo)
            {
                _at++;
                Node? modulus = Unary();
                if (modulus is null) return null;
                Node dividend = factors is null ? first : Multiply(factors)!;
                first = Made(Nodes.Function("mod", [dividend, modulus]));
                if (first is null) return null;
                factors = null;
                continue;
            }
            else if (StartsFactor(first, factors)) factor = Power();
            else break;
            if (factor is null) return null;
            factors ??= [first];
            factors.Add(factor);
            if (factors.Count > _limits.Items) return Exceeded();
        }
        return factors is null ? first : Made(Multiply(factors, crossed));
    }

    // between structures that no rule multiplies the sign tells a cross product from a dot product
    private static Node? Multiply(List<Node> factors, bool crossed = false)
    {
        for (int i = 0; i < factors.Count; i++)
            if (factors[i] is { Kind: NodeKind.Set, Items.Length: 1 } braces && !braces.Items[0].Has(Traits.Structure)) factors[i] = braces.Items[0];
        if (!factors.Exists(static f => f.Has(Traits.Structure))) return Nodes.Mul(factors);
        return MatrixAlgebra.Multiply(factors) ?? new Node(NodeKind.Mul, [.. factors], crossed ? "×" : "", default, Traits.None);
    }

    // a/2b: letters that touch the divisor belong to it; a/2 b and a/(b)c do not bind so tightly
    private Node? Denominator(bool plain)
    {
        _bare = plain;
        Node? divisor = Unary();
        _bare = false;
        if (divisor is null) return null;
        List<Node>? factors = null;
        while (Kind is TokenKind.Symbol or TokenKind.Constant && !Current.SpaceBefore
            && _tokens[_at - 1].Kind is TokenKind.Number or TokenKind.Symbol or TokenKind.Constant)
        {
            Node? factor = Power();
            if (factor is null) return null;
            factors ??= [divisor];
            factors.Add(factor);
        }
        return factors is null ? divisor : Made(Nodes.Mul(factors));
    }

    // whether the next token continues a product by standing beside it
    private bool StartsFactor(Node first, List<Node>? factors) => Kind switch
    {
        // what stands behind a unit is no factor: "2 apples (3)"
        _ when _tokens[_at - 1].Kind is TokenKind.Word or TokenKind.Text => false,
        TokenKind.Number when AtRemainder() => false,
        TokenKind.Symbol when AtRemainder() => false,
        TokenKind.Number => (factors is null ? first : factors[^1]) is not { Kind: NodeKind.Number } || _tokens[_at - 1].Kind is not TokenKind.Number,
        TokenKind.Symbol or TokenKind.Constant or TokenKind.Function or TokenKind.OpenParen or TokenKind.OpenGroup or TokenKind.OpenBracket or TokenKind.OpenSet
            or TokenKind.OpenBar or TokenKind.OpenFloor or TokenKind.OpenCeil or TokenKind.Fraction or TokenKind.Root or TokenKind.Binomial or TokenKind.Sum
            or TokenKind.Integral or TokenKind.Limit or TokenKind.Begin or TokenKind.Decoration or TokenKind.Prefix
            => !(Kind == TokenKind.OpenParen && IsNote()) && !(Kind == TokenKind.OpenBracket && _french),
        TokenKind.Bar => _bars == 0,
        _ => false,
    };

    private Node? Unary()
    {
        // a run of signs is a loop: "----1" needs no stack
        bool negative = false;
        while (Kind is TokenKind.Plus or TokenKind.Minus)
        {
            negative ^= Kind == TokenKind.Minus;
            _at++;
        }
        if (Kind is TokenKind.PlusMinus or TokenKind.MinusPlus)
        {
            TokenKind sign = Kind;
            _at++;
            if (Kind is TokenKind.PlusMinus or TokenKind.MinusPlus) return Malformed();
            Node? inner = Unary();
            if (inner is null) return null;
            Node both = Nodes.PlusMinus(inner, minusFirst: sign == TokenKind.MinusPlus ^ negative);
            return Made(both);
        }
        Node? value = Power();
        if (value is null || !negative) return value;
        return Made(MatrixAlgebra.Scale(Nodes.MinusOne, value) ?? Nodes.Negate(value));
    }

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
