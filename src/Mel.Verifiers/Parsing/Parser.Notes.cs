using System.Text;
using Mel.Verifiers.Syntax;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    // words behind a complete expression: a remark is dropped, unless it changes what is said
    private Node? Trailing(Node node)
    {
        if (_branches > 0 && AtBranchWord()) return node;
        if (Kind is TokenKind.OpenParen or TokenKind.Text or TokenKind.Word && IsNote()) return Noted(node);
        if (Kind is not (TokenKind.Text or TokenKind.Word)) return node;
        StringBuilder words = new();
        for (int parts = 0; Kind is TokenKind.Text or TokenKind.Word && parts < MaxPhrase && !IsNote(); parts++) words.Append(' ').Append(_tokens[_at++].Text);
        if (UnitReader.Read(words.ToString(), isText: true) is not { } phrase || !phrase.Scale.IsOne || phrase.IsPercent) return Malformed();
        Node? qualified = Qualified(node, phrase.Unit.Words);
        return qualified is not null && IsNote() ? Noted(qualified) : qualified;
    }

    // "for integer k", "where n is odd": a condition that restricts the numbers is kept, a reason is dropped, two conditions are two answers
    private Node? Noted(Node node)
    {
        bool reason = IsReason();
        int start = _at;
        SkipToClose();
        if (reason) return node;
        StringBuilder words = new();
        bool separated = false;
        for (int i = start; i < _at; i++)
        {
            Token token = _tokens[i];
            if (token.Kind is TokenKind.Comma or TokenKind.Semicolon) separated = true;
            if (token.Kind is not (TokenKind.Text or TokenKind.Word)) continue;
            words.Append(' ').Append(token.Text);
        }
        string[] all = words.Replace("non-", "non").Replace('(', ' ').Replace(')', ' ').Replace(',', ' ').ToString().ToLowerInvariant()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (Array.Exists(all, static w => w is "otherwise" or "else" or "no" or "never" or "none" or "neither" or "nor")
            || separated && all.Count(static w => w is "for" or "if" or "when") > 1) return Malformed();
        // the members of a family belong to some integer and to all of them
        bool counts = Array.Exists(all, static w => w is "integer" or "integers");
        IEnumerable<string> narrowing = all.Select(static w => w is "every" or "each" or "any" ? "all" : w)
            .Where(w => CountedWords.Narrows(w) && !(counts && w is "some" or "all"));
        return Qualified(node, [.. narrowing.Distinct().Order(StringComparer.Ordinal)]);
    }

    private bool IsReason()
    {
        Token token = Kind == TokenKind.OpenParen ? _tokens[_at + 1] : Current;
        string word = token.Text.TrimStart(' ', '(', ',');
        int space = word.IndexOf(' ', StringComparison.Ordinal);
        return (space > 0 ? word[..space] : word).TrimEnd(',').ToLowerInvariant() is "since" or "because" or "as" or "hence" or "so" or "namely";
    }

    private Node? Qualified(Node node, IReadOnlyList<string> words)
    {
        if (words.Count == 0) return node;
        if (node.Kind == NodeKind.Relation)
        {
            if (node.Items[^1].Kind == NodeKind.Quantity || node.Items[^1].IsScalar)
                return Made(Nodes.Relation([.. node.Items[..^1], Qualified(node.Items[^1], words)!], node.Name));
        }
        else if (node.Kind == NodeKind.Quantity) return Made(Nodes.Quantity(node.Items[0], node.Unit!.With(words)));
        else if (node.IsScalar) return Made(Nodes.Quantity(node, Unit.None.With(words)));
        return words.Any(CountedWords.Restricts) ? Malformed() : node;
    }

    // 17 remainder 3, 17 \text{ R } 3, 17 R 3
    private bool AtRemainder()
    {
        Token token = Current;
        if (token.Kind == TokenKind.Symbol)
            return token.Text is "R" or "r" && _at > 0 && _tokens[_at - 1].Kind == TokenKind.Number && NextKind == TokenKind.Number
                && Closes(_tokens[_at + 2].Kind);
        if (token.Kind is not (TokenKind.Text or TokenKind.Word)) return false;
        string first = token.Text.Trim();
        if (token.Kind == TokenKind.Word && first is "with" or "remainder")
            return _tokens[_at + 1].Kind is TokenKind.Number || _tokens[_at + 1].Kind is TokenKind.Word && _tokens[_at + 1].Text is "remainder" or "of";
        return NextKind == TokenKind.Number
            && first.ToLowerInvariant() is "remainder" or "r" or "r." or "with remainder" or "with a remainder of" or "remainder of";
    }

    private Node? Remainder(Node quotient)
    {
        while (Kind is TokenKind.Text or TokenKind.Word or TokenKind.Symbol) _at++;
        Node? rest = Kind == TokenKind.Number ? Sum() : Malformed();
        return rest is null ? null : Made(Nodes.Structure(NodeKind.Tuple, [quotient, rest], "remainder"));
    }
}
