using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    // f, g, h and capital letters before one plain argument are functions: f(x+1), P(1), V(t), E(X^2). A small letter is a factor, a(b+c), unless the
    // argument is a number: y(0). A capital before a sum is a factor too: P(1+r).
    private bool IsApplied(string name)
    {
        string letter = name.TrimEnd('\'');
        int mark = letter.IndexOf('_', StringComparison.Ordinal);
        if (mark > 0) letter = letter[..mark];
        if (Kind == TokenKind.OpenGroup && NextKind == TokenKind.OpenParen) return letter is "f" or "g" or "h" or "F" or "G";
        if (Kind != TokenKind.OpenParen || Current.Text != "(" || Current.SpaceBefore) return false;
        if (letter is "f" or "g" or "h" or "F" or "G" or "Gamma") return true;
        // a unit step or an impulse at a later time: H(t - 1)
        if (letter is "H" or "U" or "u" or "delta" && _tokens[_at + 1] is { Kind: TokenKind.Symbol, Text: "t" }
            && _tokens[_at + 2].Kind is TokenKind.Minus) return true;
        if (letter == "E" && HasCapitalInside()) return true;
        if (IsDefined()) return true;
        if (!HasPlainArgument(out bool number)) return false;
        return number || letter is [>= 'A' and <= 'Z'] or "zeta" or "phi" or "psi" or "sigma" or "tau" or "Phi" or "Psi";
    }

    // ( one number, constant or letter, with sign and scripts )
    private bool HasPlainArgument(out bool number)
    {
        int at = _at + 1;
        number = false;
        if (_tokens[at].Kind is TokenKind.Minus) at++;
        if (_tokens[at].Kind is not (TokenKind.Number or TokenKind.Symbol or TokenKind.Constant)) return false;
        number = _tokens[at].Kind == TokenKind.Number;
        at++;
        while (_tokens[at].Kind is TokenKind.Prime or TokenKind.Underscore or TokenKind.Caret)
        {
            number = false;
            at += _tokens[at].Kind == TokenKind.Prime ? 1 : 2;
            if (at >= _tokens.Count) return false;
        }
        return _tokens[at].Kind == TokenKind.CloseParen;
    }

    // f \circ g, between two letters: the functions in this order
    private bool IsComposed(Node value)
        => value.Kind == NodeKind.Symbol && Current.Text == "circ" && NextKind == TokenKind.Symbol && _tokens[_at + 1].Text is not ("C" or "F");

    // y(x) = ..., u(x,t) = ...: letters in the brackets, and the sign of a definition behind them
    private bool IsDefined()
    {
        if (_at > 1
            && _tokens[_at - 2].Kind is not (TokenKind.Comma or TokenKind.And or TokenKind.Semicolon or TokenKind.Wide or TokenKind.RowBreak)) return false;
        int at = _at + 1;
        while (_tokens[at].Kind == TokenKind.Symbol && _tokens[at + 1].Kind == TokenKind.Comma) at += 2;
        return _tokens[at].Kind == TokenKind.Symbol && _tokens[at + 1].Kind == TokenKind.CloseParen
            && _tokens[at + 2] is { Kind: TokenKind.Relation, Text: "=" };
    }

    // E(X+Y): the expectation of random variables
    private bool HasCapitalInside()
    {
        int at = _at + 1;
        bool capital = false;
        while (_tokens[at].Kind is not (TokenKind.CloseParen or TokenKind.End))
        {
            if (_tokens[at].Kind is TokenKind.Relation or TokenKind.Comma or TokenKind.OpenParen) return false;
            capital |= _tokens[at] is { Kind: TokenKind.Symbol, Text: [>= 'A' and <= 'Z'] };
            at++;
        }
        return capital;
    }

    // C_n^k and C^k_n count combinations, A and P arrangements. Without numbers only C does, and C_1^2 is the square of C_1.
    private Node? Combination(string name)
    {
        if (name is not ("C" or "A" or "P") || Kind is not (TokenKind.Underscore or TokenKind.Caret)) return null;
        int at = _at;
        bool lowered = Kind == TokenKind.Underscore;
        if (CountingScript() is not { } first || Kind != (lowered ? TokenKind.Caret : TokenKind.Underscore) || CountingScript() is not { } second
            || Kind is TokenKind.Caret or TokenKind.Underscore)
        {
            _at = at;
            return null;
        }
        (Node n, Node k) = lowered ? (first, second) : (second, first);
        bool numbers = n.IsNumber && k.IsNumber;
        if (numbers ? n.Value > k.Value && k.Value.Sign > 0
            : name == "C" && n.Has(Traits.Variables) && n.IsScalar && k.IsScalar && !n.SameAs(k)) return Counted(name, n, k);
        _at = at;
        return null;
    }

    // P(X=2), P(A|B): a probability is a name of its own, spelled as it is written
    private Node? Probability(string name)
    {
        if (name is not ("P" or "Pr" or "E") || Kind != TokenKind.OpenParen || Current.Text != "(") return null;
        int at = _at, depth = 0;
        bool ofEvent = false;
        System.Text.StringBuilder text = new(name);
        do
        {
            Token token = _tokens[at++];
            if (token.Kind == TokenKind.End) return null;
            if (token.Kind == TokenKind.OpenParen) depth++;
            else if (token.Kind == TokenKind.CloseParen) depth--;
            ofEvent |= token.Kind is TokenKind.Relation or TokenKind.Bar or TokenKind.Such or TokenKind.Union or TokenKind.Intersection;
            _ = text.Append(token.Kind is TokenKind.Union or TokenKind.Intersection or TokenKind.Such ? token.Kind.ToString() : token.Text.Trim());
        }
        while (depth > 0);
        if (!ofEvent) return null;
        _at = at;
        return Nodes.Symbol(text.ToString());
    }

    // C(8,3) of two numbers is the binomial coefficient too
    private Node? Chosen(string name)
    {
        if (name != "C" || Kind != TokenKind.OpenParen || Current.SpaceBefore || NextKind != TokenKind.Number || _at + 4 >= _tokens.Count
            || _tokens[_at + 2].Kind != TokenKind.Comma || _tokens[_at + 3].Kind != TokenKind.Number || _tokens[_at + 4].Kind != TokenKind.CloseParen
            || Literal(_tokens[_at + 1].Text) is not { IsNumber: true } n || Literal(_tokens[_at + 3].Text) is not { IsNumber: true } k
            || !n.Value.IsInteger || !k.Value.IsInteger || k.Value > n.Value) return null;
        _at += 5;
        return Counted(name, n, k);
    }

    // a number, a letter, or a sum of them in braces
    private Node? CountingScript()
    {
        _at++;
        if (Kind == TokenKind.Number) return Literal(_tokens[_at++].Text);
        if (Kind == TokenKind.Symbol) return Nodes.Symbol(_tokens[_at++].Text);
        if (Kind != TokenKind.OpenGroup) return null;
        int at = _at + 1;
        while (_tokens[at].Kind is TokenKind.Number or TokenKind.Symbol or TokenKind.Plus or TokenKind.Minus) at++;
        if (at == _at + 1 || _tokens[at].Kind != TokenKind.CloseGroup || _tokens[at - 1].Kind is TokenKind.Plus or TokenKind.Minus) return null;
        return Group();
    }

    private static Node Counted(string name, Node n, Node k)
    {
        Node choose = Nodes.Function("binomial", [n, k]);
        return name == "C" ? choose : Nodes.Mul([choose, Nodes.Function("factorial", [k])]);
    }

    // {}_nC_k, ^{10}C_3, {}_nP_k: a script before the letter
    private Node? LeftScripted()
    {
        if (CountingScript() is not { } n || Kind != TokenKind.Symbol || Current.Text is not ("C" or "P")) return Malformed();
        string name = Current.Text;
        _at++;
        if (Kind is not (TokenKind.Underscore or TokenKind.Caret)) return Malformed();
        return CountingScript() is { } k ? Made(Counted(name, n, k)) : Malformed();
    }

    // 10C3, 7P2, without spaces
    private Node? PlainCombination(Node n)
    {
        if (Kind != TokenKind.Symbol || Current.Text is not ("C" or "P") || Current.SpaceBefore || NextKind != TokenKind.Number || _tokens[_at + 1].SpaceBefore
            || !n.IsNumber || !n.Value.IsInteger || Literal(_tokens[_at + 1].Text) is not { } k || !k.Value.IsInteger || k.Value > n.Value) return null;
        string name = Current.Text;
        _at += 2;
        return Made(Counted(name, n, k));
    }
}
