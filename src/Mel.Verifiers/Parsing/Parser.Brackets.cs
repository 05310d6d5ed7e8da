using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    // ( [ and the French ] open, ) ] and the French [ close: the pair decides between tuple and interval
    private Node? Bracketed()
    {
        Token open = Current;
        _at++;
        if (Kind is TokenKind.CloseParen or TokenKind.CloseBracket) return Malformed();
        bool outer = _separating;
        int bars = _bars;
        bool french = open.Kind == TokenKind.CloseBracket, outerFrench = _french;
        _separating = true;
        _bars = 0;
        _french = french;
        Node? content = Sequence();
        _separating = outer;
        _bars = bars;
        _french = outerFrench;
        if (content is null) return null;
        Token close = Current;
        if (close.Kind is not (TokenKind.CloseParen or TokenKind.CloseBracket) && !(close.Kind == TokenKind.OpenBracket && content.Kind == NodeKind.List))
            return Malformed();
        _at++;
        bool leftClosed = open.Kind == TokenKind.OpenBracket, rightClosed = close.Kind == TokenKind.CloseBracket;
        if (content.Kind != NodeKind.List) return french || leftClosed != rightClosed ? Malformed() : content;
        if (content.Name == "g") return Malformed();
        NodeKind kind = (leftClosed, rightClosed) switch
        {
            (false, false) => french || close.Kind == TokenKind.OpenBracket ? NodeKind.Open : NodeKind.Tuple,
            (true, true) => NodeKind.Closed,
            (true, false) => NodeKind.RightOpen,
            _ => NodeKind.LeftOpen,
        };
        if (content.Items.Length != 2 && kind is NodeKind.RightOpen or NodeKind.LeftOpen or NodeKind.Open) return Malformed();
        return Made(Nodes.Structure(kind, content.Items));
    }

    // {...}: a group, or by a comma inside a set whose backslashes were left out
    private Node? Group()
    {
        _at++;
        while (Kind is TokenKind.Wide or TokenKind.And) _at++;
        if (Kind == TokenKind.CloseGroup)
        {
            _at++;
            // {}_nC_k: nothing but a place for the script
            return Kind is TokenKind.End ? Malformed() : Primary();
        }
        bool outer = _separating;
        int bars = _bars;
        _separating = false;
        _bars = 0;
        Node? content = Sequence();
        if (content is not null && Kind == TokenKind.Choose)
        {
            _at++;
            Node? lower = Sum();
            content = lower is null ? null : Made(Nodes.Function("binomial", [content, lower]));
        }
        _separating = outer;
        _bars = bars;
        if (content is null) return null;
        if (Kind != TokenKind.CloseGroup) return Malformed();
        _at++;
        return content.Kind == NodeKind.List ? Made(Nodes.Structure(NodeKind.Set, content.Items)) : content;
    }

    private Node? Braced()
    {
        _at++;
        if (Kind == TokenKind.Begin && ClosingEnd(_at) is > 0 and int end && _tokens[end + 1].Kind is not (TokenKind.CloseSet or TokenKind.CloseGroup)
            && (Current.Text is "matrix" || !IsMatrix(Current.Text))) return Environment(opened: true);
        if (Kind == TokenKind.CloseSet)
        {
            _at++;
            return Nodes.EmptySet;
        }
        bool outer = _separating;
        int bars = _bars;
        _separating = true;
        _bars = 1;                                     // a bar inside { } is "such that"
        bool described = Kind == TokenKind.Symbol && NextKind == TokenKind.Colon;
        if (described) _at++;
        Node? content = described ? Nodes.Symbol(_tokens[_at - 1].Text) : Sequence();
        if (content is not null && Kind is TokenKind.Such or TokenKind.Bar or TokenKind.Colon)
        {
            // {x | x > 3} is the set its condition describes; of {x in Z | x > 3} the domain is a condition too
            _at++;
            Node domain = content;
            content = Sequence();
            if (content is { Kind: NodeKind.Relation } or { Kind: NodeKind.List })
            {
                described = true;
                if (domain is { Kind: NodeKind.Relation, Name: "∈" } && domain.Items[1] is not { Kind: NodeKind.NamedSet, Name: "R" })
                    content = Made(Nodes.Structure(NodeKind.List, [domain, content], ListSeparators.Both));
            }
        }
        else described = false;
        _separating = outer;
        _bars = bars;
        if (content is null) return null;
        if (Kind is not (TokenKind.CloseSet or TokenKind.CloseGroup)) return Malformed();
        _at++;
        if (content is { Kind: NodeKind.Ratio, Items.Length: 2 } builder && builder.Items[1].Kind == NodeKind.Relation) return builder.Items[1];
        if (content.Kind == NodeKind.Relation || described && content.Kind == NodeKind.List) return content;
        return Made(Nodes.Structure(NodeKind.Set, content.Kind == NodeKind.List ? content.Items : [content]));
    }

    private Node? Absolute()
    {
        bool explicitSide = Kind == TokenKind.OpenBar;
        _at++;
        bool outer = _separating;
        int bars = _bars;
        _separating = true;
        _bars = explicitSide ? 0 : _bars + 1;
        Node? content = Sequence();
        _separating = outer;
        _bars = bars;
        if (content is null) return null;
        if (Kind is not (TokenKind.Bar or TokenKind.CloseBar)) return Malformed();
        _at++;
        if (content.Kind == NodeKind.Matrix) return Determinant(content);
        return content.Has(Traits.Structure) ? Malformed() : Made(Nodes.Function("abs", [content]));
    }

    private Node? Enclosed(TokenKind close, string function)
    {
        _at++;
        bool outer = _separating;
        _separating = true;
        Node? content = Sequence();
        _separating = outer;
        if (content is null) return null;
        if (Kind != close || content.Has(Traits.Structure)) return Malformed();
        _at++;
        return Made(Nodes.Function(function, [content]));
    }

    private Node? Determinant(Node matrix) => MatrixAlgebra.Determinant(matrix) is { } value ? Made(value) : Malformed();
}
