using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Parses tokens to an expression tree by operator precedence. Every method returns null once the text is malformed or a budget is spent; nothing throws.
/// From loose to tight: separators, relations, set operations, ratios, sums, products, signs, powers, primaries.
/// </summary>
internal sealed partial class Parser
{
    private readonly List<Token> _tokens;
    private readonly VerifierLimits _limits;
    private int _at;
    private int _depth;
    private int _nodes;
    private int _primaries;        // primaries inside one another, which no operator separates
    private int _bars;             // open |...| whose closing bar looks like an opening one
    private int _integrals;
    private string _differential = "x";   // the variable of the innermost integral
    private bool _french;          // inside ]a, b[, where [ closes
    private int _branches;         // open values of branches, which end where their condition begins
    private bool _separating;      // commas separate: inside brackets, and where the run of digits is no grouped number
    private readonly LetterReading _letters;
    private bool _bare;            // the divisor of plain numbers takes no unit: it belongs to the quotient
    private bool _ambiguous;       // a unit was read that plain letters may mean as well

    private Parser(List<Token> tokens, VerifierLimits limits, LetterReading letters)
    {
        _tokens = tokens;
        _limits = limits;
        _letters = letters;
    }

    private ParseStatus Status { get; set; }

    private Token Current => _tokens[_at];

    private TokenKind Kind => _tokens[_at].Kind;

    private TokenKind NextKind => _at + 1 < _tokens.Count ? _tokens[_at + 1].Kind : TokenKind.End;

    /// <summary>Parses a whole normalized answer; <paramref name="ambiguous"/> tells whether the other reading of its letters may differ.</summary>
    public static ParseStatus Parse(string text, VerifierLimits limits, LetterReading letters, out Node? node, out bool ambiguous)
    {
        node = null;
        ambiguous = false;
        if (text.Length > limits.AnswerCharacters) return ParseStatus.LimitExceeded;
        List<Token>? tokens = Tokenizer.Tokenize(text, limits.Tokens, letters, out ambiguous);
        if (tokens is null) return ParseStatus.LimitExceeded;
        Parser parser = new(tokens, limits, letters);
        Node? parsed = parser.Answer();
        ambiguous |= parser._ambiguous;
        if (parsed is not null && parser.Kind == TokenKind.End && parser.Status == ParseStatus.Parsed)
        {
            node = parsed;
            return ParseStatus.Parsed;
        }
        return parser.Status == ParseStatus.LimitExceeded ? ParseStatus.LimitExceeded : ParseStatus.Malformed;
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
        bool separatedBySemicolon = false, joins = false;
        System.Text.StringBuilder connectives = new(), separators = new();
        while (true)
        {
            Node? item = Relation();
            if (item is null) return null;
            if ((items?[^1] ?? single) is { Kind: NodeKind.Relation, Name: "≠", Items.Length: 2 } before && item.IsScalar && !item.Has(Traits.Variables))
            {
                // x is neither 1 nor 2
                item = Nodes.Relation([before.Items[0], item], "≠");
                separators[^1] = ListSeparators.And;
            }
            if (items is null && single is not null && joins && Together(single, item, within: true) is { } compound)
            {
                single = compound;
                separators.Clear();
            }
            else if (items is not null) items.Add(item);
            else if (single is null) single = item;
            else items = [single, item];
            if (items?.Count > _limits.Items) return Exceeded();
            bool separated = false, semicolon = false;
            joins = Kind is TokenKind.And or TokenKind.Comma;
            if (Kind is TokenKind.And or TokenKind.Or) _ = connectives.Append(Current.Text);
            char separator = ListSeparators.TightComma;
            while (Kind is TokenKind.Comma or TokenKind.And or TokenKind.Or or TokenKind.Semicolon or TokenKind.Wide or TokenKind.ThousandsComma)
            {
                semicolon |= Kind == TokenKind.Semicolon;
                separator = Joined(separator, Current);
                separated = true;
                _at++;
            }
            if (_branches > 0 && AtBranchWord()) break;
            if (separated && IsNote())
            {
                if (items is null) single = Noted(single!);
                else items[^1] = Noted(items[^1])!;
                if (Status != ParseStatus.Parsed) return null;
                break;
            }
            if (!separated || Closes(Kind)) break;
            if (Current.SpaceBefore && separator == ListSeparators.TightComma) separator = ListSeparators.Comma;
            if (!semicolon) separators.Append(separator);
            else
            {
                separators.Clear();
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
            return groups.Count == 1 ? groups[0] : Made(Nodes.Structure(NodeKind.List, [.. groups], plain ? ";" : "g"));
        }
        if (items is not null && IsLogical(items, connectives)) return Made(Nodes.Relation([.. items], connectives.ToString()));
        return items is null ? single : Made(Nodes.Structure(NodeKind.List, [.. items], ListSeparators.NameOf(separators)));
    }

    // p \land q: statements, not values; between conditions such as x > 1 the sign is the word
    private static bool IsLogical(List<Node> items, System.Text.StringBuilder connectives)
        => connectives.Length == items.Count - 1 && connectives.ToString().AsSpan().IndexOfAnyExcept('∧', '∨') < 0
            && items.TrueForAll(static i => i is { Kind: NodeKind.Relation, Name: "→" or "⇒" or "⇔" or "↔" } || i.IsScalar && i.Has(Traits.Variables));

    // a word says more than the comma before it
    private static char Joined(char before, Token token) => token.Kind switch
    {
        TokenKind.And => ListSeparators.And,
        TokenKind.Or => ListSeparators.Or,
        _ when before is ListSeparators.And or ListSeparators.Or => before,
        TokenKind.Comma when !token.SpaceBefore => before,
        _ => ListSeparators.Comma,
    };

    private static Node Grouped(Node single, List<Node>? items) => items is null ? single : Nodes.Structure(NodeKind.Group, [.. items]);

    private static bool Closes(TokenKind kind)
        => kind is TokenKind.End or TokenKind.CloseParen or TokenKind.CloseBracket or TokenKind.CloseGroup or TokenKind.CloseSet or TokenKind.CloseBar
            or TokenKind.CloseFloor or TokenKind.CloseCeil or TokenKind.Ampersand or TokenKind.RowBreak or TokenKind.EndEnvironment;

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
            if (relation == '≅' && Kind is TokenKind.Number) relation = '≈';
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
        Node? result = Made(operators.Length == 0 ? first : Nodes.Relation([.. items], operators.ToString()));
        return result is null ? null : Trailing(result);
    }

    // a class of residues: 3 (mod 7)
    private Node? Modulus(Node value)
    {
        _at++;
        Node? modulus = Kind is TokenKind.OpenGroup or TokenKind.OpenParen or TokenKind.Number or TokenKind.Symbol ? Primary() : null;
        return modulus is null ? Malformed() : Made(Nodes.Structure(NodeKind.Tuple, [value, modulus], "mod"));
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
                ? Nodes.Structure(operation, [.. left.Items, right])
                : Nodes.Structure(operation, [left, right]);
            if (Made(left) is null) return null;
        }
        return left;
    }

    private Node? Ratio()
    {
        Node? first = Sum();
        if (first is not null && AtRemainder()) return Remainder(first);
        if (first is null || Kind != TokenKind.Colon || Closes(NextKind) || first.Kind == NodeKind.NamedSet) return first;
        List<Node> items = [first];
        while (Kind == TokenKind.Colon)
        {
            _at++;
            Node? next = Sum();
            if (next is null) return null;
            items.Add(next);
            if (items.Count > _limits.Items) return Exceeded();
        }
        return Made(Nodes.Structure(NodeKind.Ratio, [.. items]));
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

/// <summary>How short runs of plain letters are read.</summary>
internal enum LetterReading
{
    /// <summary>As words and units: 3 km.</summary>
    Words,

    /// <summary>As products of variables: 3mg.</summary>
    Products,
}

/// <summary>What became of a parse.</summary>
internal enum ParseStatus
{
    Parsed,

    /// <summary>The text does not follow the notation the parser knows.</summary>
    Malformed,

    /// <summary>A budget ran out: characters, tokens, depth or nodes.</summary>
    LimitExceeded,
}
