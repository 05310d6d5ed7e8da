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
}
