using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private bool AtBranchWord() => Kind is TokenKind.Text or TokenKind.Word && IsBranchWord(Current);

    private static bool IsBranchWord(Token token) => BranchWords.Begins(token.Text);

    // value & condition \\ value & condition
    private Node? BranchRows()
    {
        List<Node> items = [];
        while (true)
        {
            SkipRowEnd();
            if (Kind == TokenKind.EndEnvironment) break;
            Node? value = Sequence();
            if (value is null) return null;
            while (Kind is TokenKind.Ampersand or TokenKind.Comma or TokenKind.Wide) _at++;
            int end = RowEnd();
            Node? condition = Condition(end);
            if (condition is null) return null;
            items.Add(value);
            items.Add(condition);
            if (items.Count > _limits.Items) return Exceeded();
        }
        _at++;
        return items.Count == 0 ? Malformed() : Made(Nodes.Structure(NodeKind.Piecewise, [.. items]));
    }

    private int RowEnd()
    {
        int depth = 0, at = _at;
        while (_tokens[at].Kind != TokenKind.End)
        {
            if (depth == 0 && _tokens[at].Kind is TokenKind.RowBreak or TokenKind.EndEnvironment) return at;
            if (Opens(_tokens[at].Kind)) depth++;
            else if (Shuts(_tokens[at].Kind)) depth--;
            at++;
        }
        return at;
    }

    // a condition up to an index: a relation, several of them, or words
    private Node? Condition(int end)
    {
        System.Text.StringBuilder words = new();
        bool leading = true, prose = false;
        int formula = _at;
        for (int i = _at; i < end; i++)
        {
            Token token = _tokens[i];
            if (leading && token.Kind is TokenKind.Comma or TokenKind.Ampersand or TokenKind.Wide or TokenKind.Colon)
            {
                formula = i + 1;
                continue;
            }
            if (token.Kind is not (TokenKind.Text or TokenKind.Word))
            {
                leading = false;
                words.Append(' ').Append(token.Text);
                continue;
            }
            string rest = leading ? BranchWords.WithoutLead(token.Text) : token.Text.Trim();
            words.Append(' ').Append(rest);
            if (leading && rest.Length == 0) formula = i + 1;
            else if (rest.Trim(' ', '.', ',').Length > 0) prose = true;
            leading &= rest.Length == 0;
        }
        if (prose || formula >= end)
        {
            _at = end;
            string name = BranchWords.Normalized(words.ToString());
            return name.Length == 0 ? Malformed() : Made(Nodes.Text(name));
        }
        _at = formula;
        Token closing = _tokens[end];
        _tokens[end] = closing with { Kind = TokenKind.End };
        Node? condition = Sequence();
        if (condition is not null) SkipDot();
        _tokens[end] = closing;
        if (condition is null) return null;
        return _at == end ? Parity(condition) ?? condition : Malformed();
    }

    // n = 0 (mod 2) says that n is even
    private static Node? Parity(Node condition)
    {
        if (condition is not { Kind: NodeKind.Relation, Name: "≡", Items: [{ Kind: NodeKind.Symbol } name, { Kind: NodeKind.Tuple, Name: "mod" } residue] })
            return null;
        if (residue.Items[1] is not { IsNumber: true } modulus || modulus.Value != new BigRational(2) || !residue.Items[0].IsNumber) return null;
        return residue.Items[0].Value.IsZero ? Nodes.Text(name.Name + " even") : residue.Items[0].Value.IsOne ? Nodes.Text(name.Name + " odd") : null;
    }
}
