using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Operator-precedence parser from tokens to an expression tree. A method returns null once the text is malformed or a budget is spent; nothing throws.
/// From loose to tight: separators, relations, set operations, ratios, sums, products, signs, powers, primaries.
/// </summary>
internal sealed partial class Parser
{
    private readonly List<Token> _tokens;
    private readonly VerifierLimits _limits;
    private int _at;
    private int _depth;
    private int _nodes;
    private int _bars;             // open |...| whose closing bar looks like an opening one
    private int _integrals;
    private bool _french;          // inside ]a, b[, where [ closes
    private bool _separating;      // commas separate: inside brackets, and where the run of digits is no grouped number

    private Parser(List<Token> tokens, VerifierLimits limits)
    {
        _tokens = tokens;
        _limits = limits;
    }

    private ParseStatus Status { get; set; }

    private Token Current => _tokens[_at];

    private TokenKind Kind => _tokens[_at].Kind;

    private TokenKind NextKind => _at + 1 < _tokens.Count ? _tokens[_at + 1].Kind : TokenKind.End;

    /// <summary>Parses a whole normalised answer.</summary>
    public static ParseStatus Parse(string text, VerifierLimits limits, out Node? node)
    {
        node = null;
        if (text.Length > limits.AnswerCharacters) return ParseStatus.LimitExceeded;
        List<Token>? tokens = Tokenizer.Tokenize(text, limits.Tokens);
        if (tokens is null) return ParseStatus.LimitExceeded;
        Parser parser = new(tokens, limits);
        Node? parsed = parser.Answer();
        if (parsed is not null && parser.Kind == TokenKind.End && parser.Status == ParseStatus.Parsed)
        {
            node = parsed;
            return ParseStatus.Parsed;
        }
        return parser.Status == ParseStatus.LimitExceeded ? ParseStatus.LimitExceeded : ParseStatus.Malformed;
    }

    private Node? Answer()
    {
        SkipLeadIn();
        if (ChoiceLabel() is { } label)
        {
            if (Kind == TokenKind.End) return Make.Structure(NodeKind.Choice, [], label);
            int mark = _at;
            Node? content = Sequence();
            if (content is not null && Kind == TokenKind.End) return Make.Structure(NodeKind.Choice, [content], label);
            if (Status == ParseStatus.LimitExceeded) return null;
            Status = ParseStatus.Parsed;
            string words = string.Join(' ', _tokens.Skip(mark).Where(static t => t.Kind != TokenKind.End).Select(static t => t.Text));
            _at = _tokens.Count - 1;
            return Make.Structure(NodeKind.Choice, [Make.Text(words)], label);
        }
        return Sequence();
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
            if (leads && _tokens[at].Kind != TokenKind.End) _at = at;
            else if (_tokens[at].Kind is TokenKind.Colon or TokenKind.Relation && _tokens[at].Text is ":" or "=" && _tokens[at + 1].Kind != TokenKind.End) _at = at + 1;
        }
        while (Kind is TokenKind.Relation && Current.Text is "=" or "≈" or "→" || Kind is TokenKind.Wide or TokenKind.Comma or TokenKind.Ampersand) _at++;
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
        if (Kind is TokenKind.OpenParen && NextKind is TokenKind.Symbol && Current.Text == "(" && _at + 2 < _tokens.Count && _tokens[_at + 2].Kind == TokenKind.CloseParen
            && _tokens[_at + 1].Text is { Length: 1 } inside && inside[0] is >= 'A' and <= 'H'
            && _tokens[_at + 3].Kind is TokenKind.End or TokenKind.Word or TokenKind.Text or TokenKind.Wide or TokenKind.Number or TokenKind.Currency)
        {
            if (_tokens[_at + 3].Kind is TokenKind.Number && !_tokens[_at + 3].SpaceBefore) return null;
            _at += 3;
            SkipSeparators();
            return inside;
        }
        if (Kind == TokenKind.Symbol && Current.Text is { Length: 1 } letter && letter[0] is >= 'A' and <= 'H'
            && (NextKind == TokenKind.Unknown && _tokens[_at + 1].Text is "." || NextKind is TokenKind.Colon && _tokens[_at + 2].SpaceBefore || NextKind == TokenKind.CloseParen)
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

    /// <summary>Expressions with separators between them, up to whatever closes them. One expression comes back as it is.</summary>
    private Node? Sequence()
    {
        if (++_depth > _limits.Depth) return Exceeded();
        Node? result = SequenceItems();
        _depth--;
        return result;
    }

    private Node? SequenceItems()
    {
        List<Node>? items = null, groups = null;
        Node? single = null;
        bool separatedBySemicolon = false;
        while (true)
        {
            Node? item = Relation();
            if (item is null) return null;
            if (items is not null) items.Add(item);
            else if (single is null) single = item;
            else items = [single, item];
            if (items?.Count > _limits.Items) return Exceeded();
            bool separated = false, semicolon = false;
            while (Kind is TokenKind.Comma or TokenKind.And or TokenKind.Or or TokenKind.Semicolon or TokenKind.Wide or TokenKind.ThousandsComma)
            {
                semicolon |= Kind == TokenKind.Semicolon;
                separated = true;
                _at++;
            }
            if (separated && IsNote())
            {
                SkipToClose();
                break;
            }
            if (!separated || Closes(Kind)) break;
            if (semicolon)
            {
                separatedBySemicolon = true;
                groups ??= [];
                groups.Add(Grouped(single!, items));
                single = null;
                items = null;
            }
        }
        if (separatedBySemicolon)
        {
            if (single is not null) groups!.Add(Grouped(single, items));
            bool plain = groups!.TrueForAll(static g => g.Kind != NodeKind.Group);
            return groups.Count == 1 ? groups[0] : Made(Make.Structure(NodeKind.List, [.. groups], plain ? ";" : "g"));
        }
        return items is null ? single : Made(Make.Structure(NodeKind.List, [.. items]));
    }

    private static Node Grouped(Node single, List<Node>? items) => items is null ? single : Make.Structure(NodeKind.Group, [.. items]);

    private static bool Closes(TokenKind kind) => kind is TokenKind.End or TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseGroup or TokenKind.CloseSet
        or TokenKind.CloseBar or TokenKind.CloseFloor or TokenKind.CloseCeil or TokenKind.Ampersand or TokenKind.RowBreak or TokenKind.EndEnvironment;

    // a remark behind the answer: "(since x > 0)", "where k is an integer", "\text{ for } n > 1"
    private bool IsNote()
    {
        int at = _at;
        if (_tokens[at].Kind == TokenKind.OpenParen && _tokens[at].Text == "(") at++;
        bool parenthesised = at > _at;
        if (_tokens[at].Kind is not (TokenKind.Text or TokenKind.Word)) return false;
        string word = _tokens[at].Text.TrimStart();
        int space = word.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0) word = word[..space];
        return parenthesised && !Vocabulary.TryUnit(word, out _) || Vocabulary.BeginsNote(word.TrimEnd(','));
    }

    private void SkipToClose()
    {
        int depth = 0;
        while (Kind != TokenKind.End)
        {
            if (Kind is TokenKind.OpenParen or TokenKind.OpenGroup or TokenKind.OpenSet or TokenKind.OpenBracket or TokenKind.Begin) depth++;
            else if (Kind is TokenKind.CloseParen or TokenKind.CloseGroup or TokenKind.CloseSet or TokenKind.CloseBracket or TokenKind.EndEnvironment && --depth < 0) return;
            _at++;
        }
    }

    /// <summary>A chain of relations: a = b &lt; c.</summary>
    private Node? Relation()
    {
        Node? first = SetOperations();
        if (first is null) return null;
        if (Kind == TokenKind.Such && Current.Text == "mod") return Modulus(first);
        if (Kind != TokenKind.Relation) return Trailing(first);
        List<Node> items = [first];
        System.Text.StringBuilder operators = new();
        while (Kind == TokenKind.Relation)
        {
            char relation = Current.Text[0];
            _at++;
            if (Kind == TokenKind.Ampersand) _at++;
            if (Closes(Kind) || Kind is TokenKind.Comma) break;
            Node? next = SetOperations();
            if (next is null) return null;
            if (Kind == TokenKind.Such && Current.Text == "mod")
            {
                next = Modulus(next);
                if (next is null) return null;
            }
            operators.Append(relation);
            items.Add(next);
            if (items.Count > _limits.Items) return Exceeded();
        }
        Node? result = Made(operators.Length == 0 ? first : Make.Relation([.. items], operators.ToString()));
        return result is null ? null : Trailing(result);
    }

    // a class of residues: 3 (mod 7)
    private Node? Modulus(Node value)
    {
        _at++;
        Node? modulus = Kind is TokenKind.OpenGroup or TokenKind.OpenParen or TokenKind.Number or TokenKind.Symbol ? Primary() : null;
        return modulus is null ? Malformed() : Made(Make.Structure(NodeKind.Tuple, [value, modulus], "mod"));
    }

    // words behind a complete expression: a remark is dropped
    private Node? Trailing(Node node)
    {
        if (Kind is TokenKind.Text or TokenKind.Word or TokenKind.OpenParen && IsNote()) SkipToClose();
        return node;
    }

    private Node? SetOperations()
    {
        Node? left = Ratio();
        while (left is not null && Kind is TokenKind.Union or TokenKind.Intersection or TokenKind.Difference)
        {
            NodeKind operation = Kind switch
            {
                TokenKind.Union => NodeKind.Union,
                TokenKind.Intersection => NodeKind.Intersection,
                _ => NodeKind.Difference,
            };
            _at++;
            Node? right = Ratio();
            if (right is null) return null;
            // n-ary, so that a long union stays flat
            left = operation != NodeKind.Difference && left.Kind == operation
                ? Make.Structure(operation, [.. left.Items, right])
                : Make.Structure(operation, [left, right]);
            if (Made(left) is null) return null;
        }
        return left;
    }

    private Node? Ratio()
    {
        Node? first = Sum();
        if (first is null || Kind != TokenKind.Colon || Closes(NextKind)) return first;
        List<Node> items = [first];
        while (Kind == TokenKind.Colon)
        {
            _at++;
            Node? next = Sum();
            if (next is null) return null;
            items.Add(next);
            if (items.Count > _limits.Items) return Exceeded();
        }
        return Made(Make.Structure(NodeKind.Ratio, [.. items]));
    }

    private Node? Malformed()
    {
        if (Status == ParseStatus.Parsed) Status = ParseStatus.Malformed;
        return null;
    }

    private Node? Exceeded()
    {
        Status = ParseStatus.LimitExceeded;
        return null;
    }

    // every composed node passes here: the tree stays shallow enough for recursion and small enough to evaluate
    private Node? Made(Node? node)
    {
        if (node is null) return null;
        return node.Depth > _limits.Depth || ++_nodes > _limits.Nodes || node.Size > _limits.Nodes ? Exceeded() : node;
    }
}
