using Mel.Verifiers.Syntax;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Answer()
    {
        SeparateStatements();
        SkipLeadIn();
        if (ChoiceLabel() is { } label)
        {
            if (Kind == TokenKind.End) return Nodes.Structure(NodeKind.Choice, [], label);
            int mark = _at;
            Node? content = Sequence();
            if (content is not null && Kind == TokenKind.End) return Nodes.Structure(NodeKind.Choice, [content], label);
            if (Status == ParseStatus.LimitExceeded) return null;
            Status = ParseStatus.Parsed;
            string words = string.Join(' ', _tokens.Skip(mark).Where(static t => t.Kind != TokenKind.End).Select(static t => t.Text));
            _at = _tokens.Count - 1;
            return Nodes.Structure(NodeKind.Choice, [Nodes.Text(words)], label);
        }
        return Sequence();
    }

    // a + 2k\pi (k \in Z): the brackets are a comma
    private void SeparateStatements()
    {
        for (int i = 1; i + 4 < _tokens.Count; i++)
        {
            bool states = _tokens[i].Kind == TokenKind.OpenParen && _tokens[i + 1].Kind == TokenKind.Symbol
                && _tokens[i + 2] is { Kind: TokenKind.Relation, Text: "∈" } && _tokens[i + 3].Kind == TokenKind.NamedSet
                && _tokens[i + 4].Kind == TokenKind.CloseParen;
            bool behindValue = _tokens[i - 1].Kind is TokenKind.Symbol or TokenKind.Constant or TokenKind.Number or TokenKind.Degree
                or TokenKind.CloseGroup or TokenKind.CloseParen;
            if (!states || !behindValue) continue;
            _tokens[i] = _tokens[i] with { Kind = TokenKind.Comma, Text = "," };
            _tokens.RemoveAt(i + 4);
            return;
        }
    }

    // "The answer is", "x-coordinate:", "=": words that lead to the answer and are not part of it
    private void SkipLeadIn()
    {
        int at = _at;
        bool words = false;
        while (_tokens[at].Kind is TokenKind.Text or TokenKind.Word)
        {
            words = true;
            at++;
        }
        if (words)
        {
            string last = _tokens[at - 1].Text.TrimEnd();
            bool leads = last.EndsWith(" is", StringComparison.OrdinalIgnoreCase) || last.EndsWith(':') || last.EndsWith('=')
                || last is "is" or "are" || last.EndsWith(" are", StringComparison.OrdinalIgnoreCase);
            if (!LeadIns.Lead(string.Join(' ', _tokens.Skip(_at).Take(at - _at).Select(static t => t.Text)))) return;
            if (leads && _tokens[at].Kind != TokenKind.End) _at = at;
            else if (_tokens[at].Kind is TokenKind.Colon or TokenKind.Relation && _tokens[at].Text is ":" or "="
                && _tokens[at + 1].Kind != TokenKind.End) _at = at + 1;
        }
        while (Kind is TokenKind.Relation && Current.Text is "=" or "≈" or "→" or "⇒"
            || Kind is TokenKind.Wide or TokenKind.Comma or TokenKind.Ampersand) _at++;
    }

    // "A.", "(A)", "\text{(A)}", "\textbf{A.}" before a content or alone
    private string? ChoiceLabel()
    {
        if (Kind == TokenKind.Text)
        {
            string text = Current.Text.Trim().Trim('(', ')', '.', ' ', ':', '*');
            bool marked = Current.Text.AsSpan().Trim().ContainsAny("().:");
            if (text.Length == 1 && char.IsAsciiLetter(text[0]) && (marked || NextKind == TokenKind.End))
            {
                _at++;
                SkipSeparators();
                return text.ToUpperInvariant();
            }
            return null;
        }
        if (Kind is TokenKind.OpenParen && NextKind is TokenKind.Symbol && Current.Text == "(" && _at + 2 < _tokens.Count
            && _tokens[_at + 2].Kind == TokenKind.CloseParen
            && _tokens[_at + 1].Text is { Length: 1 } inside && inside[0] is >= 'A' and <= 'H'
            && _tokens[_at + 3].Kind is TokenKind.End or TokenKind.Word or TokenKind.Text or TokenKind.Wide or TokenKind.Number or TokenKind.Currency)
        {
            if (_tokens[_at + 3].Kind is TokenKind.Number && !_tokens[_at + 3].SpaceBefore) return null;
            _at += 3;
            SkipSeparators();
            return inside;
        }
        if (Kind == TokenKind.Symbol && Current.Text is { Length: 1 } letter && letter[0] is >= 'A' and <= 'H'
            && (NextKind == TokenKind.Unknown && _tokens[_at + 1].Text is "." || NextKind is TokenKind.Colon && _tokens[_at + 2].SpaceBefore
            || NextKind == TokenKind.CloseParen)
            && _tokens[_at + 2].Kind != TokenKind.End)
        {
            _at += 2;
            SkipSeparators();
            return letter;
        }
        return null;
    }

    private void SkipSeparators()
    {
        while (Kind is TokenKind.Wide or TokenKind.Comma or TokenKind.Colon || Kind == TokenKind.Unknown && Current.Text == ".") _at++;
    }

    // a remark behind the answer: "(since x > 0)", "where k is an integer", "\text{ for } n > 1"
    private bool IsNote()
    {
        int at = _at;
        if (_tokens[at].Kind == TokenKind.OpenParen && _tokens[at].Text == "(") at++;
        bool inBrackets = at > _at;
        if (_tokens[at].Kind is not (TokenKind.Text or TokenKind.Word)) return false;
        string word = _tokens[at].Text.TrimStart();
        int space = word.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0) word = word[..space];
        return inBrackets && !UnitTable.TryPlain(word, out _) || Vocabulary.BeginsNote(word.TrimStart('(').TrimEnd(','));
    }

    private void SkipToClose()
    {
        int depth = 0;
        while (Kind != TokenKind.End)
        {
            if (depth == 0 && Kind is TokenKind.Ampersand or TokenKind.RowBreak) return;
            if (Kind is TokenKind.OpenParen or TokenKind.OpenGroup or TokenKind.OpenSet or TokenKind.OpenBracket or TokenKind.Begin) depth++;
            else if (Kind is TokenKind.CloseParen or TokenKind.CloseGroup or TokenKind.CloseSet or TokenKind.CloseBracket or TokenKind.EndEnvironment
                && --depth < 0) return;
            _at++;
        }
    }
}
