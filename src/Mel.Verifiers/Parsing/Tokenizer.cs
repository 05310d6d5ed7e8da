using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Turns an answer, in LaTeX or plain notation, into tokens. It reads once and never goes back; what it does not know becomes a token of the kind
/// <see cref="TokenKind.Unknown"/>.
/// </summary>
internal sealed partial class Tokenizer
{
    private const int MaxInlineDepth = 4;

    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly int _limit;
    private readonly int _inlineDepth;
    private readonly LetterReading _letters;
    private readonly bool _words;   // inside a text command every run of letters is words
    private int _at;
    private int _environments;
    private bool _space;
    private Side _side;

    private enum Side { None, Left, Right }

    private Tokenizer(string text, List<Token> tokens, int limit, int inlineDepth, LetterReading letters, bool words)
    {
        _text = text;
        _tokens = tokens;
        _limit = limit;
        _inlineDepth = inlineDepth;
        _letters = letters;
        _words = words;
    }

    // whether letters were read as words or units that may be a product as well
    private bool IsAmbiguous { get; set; }

    /// <summary>The tokens of a normalized text, closed by an End token; null when there are more than <paramref name="limit"/>.</summary>
    public static List<Token>? Tokenize(string text, int limit, LetterReading letters, out bool ambiguous)
    {
        List<Token> tokens = new(Math.Min(text.Length / 2 + 4, 256));
        Tokenizer tokenizer = new(text, tokens, limit, 0, letters, words: false);
        bool complete = tokenizer.Run();
        ambiguous = tokenizer.IsAmbiguous;
        if (!complete) return null;
        tokens.Add(new Token(TokenKind.End, "", text.Length, text.Length, false));
        return tokens;
    }

    private bool Run()
    {
        while (_at < _text.Length)
        {
            if (_tokens.Count > _limit) return false;
            char c = _text[_at];
            if (char.IsAsciiDigit(c) || c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])) Number();
            else if (char.IsAsciiLetter(c)) Letters();
            else if (c == '\\') Backslash();
            else if (char.IsWhiteSpace(c) || c == '~')
            {
                _space = true;
                _at++;
            }
            else if (c < 128) Punctuation(c);
            else ForeignLetters();
        }
        return _tokens.Count <= _limit;
    }

    private void Emit(TokenKind kind, string text, int length)
    {
        if (_side != Side.None)
        {
            kind = (kind, _side) switch
            {
                (TokenKind.Bar, Side.Left) => TokenKind.OpenBar,
                (TokenKind.Bar, Side.Right) => TokenKind.CloseBar,
                (TokenKind.OpenGroup, Side.Left) => TokenKind.OpenSet,
                (TokenKind.CloseGroup, Side.Right) => TokenKind.CloseSet,
                _ => kind,
            };
            _side = Side.None;
        }
        _tokens.Add(new Token(kind, text, _at, _at + length, _space));
        _space = false;
        _at += length;
    }

    private void Number()
    {
        int end = _at;
        while (end < _text.Length && char.IsAsciiDigit(_text[end])) end++;
        if (end < _text.Length && _text[end] == '.'
            && (end + 1 < _text.Length && char.IsAsciiDigit(_text[end + 1]) || StartsRepetend(end + 1)))
        {
            end++;
            while (end < _text.Length && char.IsAsciiDigit(_text[end])) end++;
        }
        else if (end + 1 < _text.Length && _text[end] == '.' && _text[end + 1] is '/' or '*' or ')' or ']' or ',' or '+' or '-')
        {
            // 1./3: a point with nothing behind it
            Emit(TokenKind.Number, _text[_at..end], end + 1 - _at);
            return;
        }
        // 3e5, 1.2E-7: a letter directly behind would make it a product
        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            int digits = end + 1;
            if (digits < _text.Length && _text[digits] is '+' or '-') digits++;
            int first = digits;
            while (digits < _text.Length && char.IsAsciiDigit(_text[digits])) digits++;
            if (digits > first && (digits == _text.Length || !char.IsAsciiLetter(_text[digits]))) end = digits;
        }
        Emit(TokenKind.Number, _text[_at..end], end - _at);
    }

    private bool StartsRepetend(int at) => Follows(at, "\\overline") || Follows(at, "\\bar") || Follows(at, "\\dot");

    private bool Follows(int at, string what) => at < _text.Length && _text.AsSpan(at).StartsWith(what, StringComparison.Ordinal);

    private void Letters()
    {
        int end = _at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        ReadOnlySpan<char> run = _text.AsSpan(_at, end - _at);
        if (_words)
        {
            Words();
            return;
        }
        if (Joins(run, end) || HalfOfDay(run, end)) return;
        if (run is "min" && AfterNumber() && !Continues(end))
        {
            Emit(TokenKind.Word, "min", run.Length);
            return;
        }
        if (run.Length > 1 && CommandTable.TryWord(run, out (TokenKind Kind, string Text) word))
        {
            Emit(word.Kind, word.Text, run.Length);
            return;
        }
        // "1orx=2", "(1,2)and(3,4)"
        bool touches = _tokens.Count > 0 && _tokens[^1].Kind is TokenKind.Number or TokenKind.CloseParen && !_space;
        if (touches && run.Length == 3 && run.StartsWith("or", StringComparison.Ordinal))
        {
            Emit(TokenKind.Or, "or", 2);
            return;
        }
        bool unit = run.Length >= 2 && (AfterNumber()
            || _tokens.Count > 1 && _tokens[^1].Kind == TokenKind.Slash && _tokens[^2].Kind == TokenKind.Word) && UnitTable.TryPlain(run.ToString(), out _)
            || run is "in" && AfterNumber() && !Continues(end);
        bool reads = unit || Vocabulary.LooksLikeWord(run) && !(run.Length <= 3 && IsTouched(end));
        if (reads && run.Length <= 3 && !IsBetweenFormulas(end))
        {
            IsAmbiguous = true;
            reads = _letters == LetterReading.Words;
        }
        if (reads)
        {
            // a hyphen joins words: "forty-two"
            while (end + 1 < _text.Length && _text[end] == '-' && char.IsAsciiLetter(_text[end + 1]) && run.Length >= 3)
            {
                end++;
                while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
            }
            Emit(TokenKind.Word, _text[_at..end], end - _at);
            return;
        }
        if (run.Length is 4 or 5 && FunctionPrefix(run, out string function))
        {
            Emit(TokenKind.Function, function, function.Length);
            return;
        }
        while (_at < end) Letter(_text[_at]);
    }

    // "sinx", "cosx", "sqrtx" without a space
    private static bool FunctionPrefix(ReadOnlySpan<char> run, out string function)
    {
        function = run[..3] is "sin" or "cos" or "tan" or "log" ? run[..3].ToString() : "";
        return function.Length > 0 && run.Length == 4;
    }

    private void Letter(char c)
    {
        switch (c)
        {
            case 'e': Emit(TokenKind.Constant, "e", 1); break;
            case 'i': Emit(TokenKind.Constant, "i", 1); break;
            case 'x' or 'X' when IsTimes(): Emit(TokenKind.Times, "x", 1); break;
            default: Emit(TokenKind.Symbol, LetterName(c), 1); break;
        }
    }

    // 1.5x10^3: between a number and a power of ten the letter is a sign
    private bool IsTimes()
    {
        if (_tokens.Count == 0 || _tokens[^1].Kind != TokenKind.Number) return false;
        ReadOnlySpan<char> rest = _text.AsSpan(_at + 1).TrimStart(' ');
        return rest.StartsWith("10") && rest[2..].TrimStart(' ') is ['^', ..] or ['*', '*', ..];
    }

    private static readonly string[] LetterNames = [.. Enumerable.Range(0, 128).Select(static c => ((char)c).ToString())];

    private static string LetterName(char c) => LetterNames[c];

    private bool AfterNumber() => _tokens.Count > 0 && _tokens[^1].Kind is TokenKind.Number or TokenKind.CloseGroup or TokenKind.Degree;

    // an argument, or a factor that touches
    private bool Continues(int end)
    {
        while (end < _text.Length && _text[end] is ' ' or '{') end++;
        return end < _text.Length && (char.IsLetter(_text[end]) || _text[end] is '(' or '[' or '\\' or '|');
    }

    // whether letters, brackets or scripts stand next to the run without a space: it is then no word of a sentence
    private bool IsTouched(int end)
        => end < _text.Length && _text[end] is '^' or '_' or '(' or '{' or '\\' || end < _text.Length && char.IsAsciiDigit(_text[end])
            || !_space && _tokens.Count > 0 && _tokens[^1].Kind is not (TokenKind.Comma or TokenKind.Word or TokenKind.Text
                or TokenKind.OpenParen or TokenKind.Ampersand);

    private void Punctuation(char c)
    {
        char next = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        switch (c)
        {
            case '+': Emit(TokenKind.Plus, "+", 1); break;
            case '-': Emit(next == '>' ? TokenKind.Relation : TokenKind.Minus, next == '>' ? "→" : "-", next == '>' ? 2 : 1); break;
            case '*': Emit(next == '*' ? TokenKind.Caret : TokenKind.Times, "*", next == '*' ? 2 : 1); break;
            case '/': Emit(TokenKind.Slash, "/", 1); break;
            case '^': Emit(TokenKind.Caret, "^", 1); break;
            case '_': Emit(TokenKind.Underscore, "_", 1); break;
            case '!': Emit(next == '=' ? TokenKind.Relation : TokenKind.Bang, next == '=' ? "≠" : "!", next == '=' ? 2 : 1); break;
            case '%': Emit(TokenKind.Percent, "%", 1); break;
            case '=': Emit(TokenKind.Relation, next == '>' ? "→" : "=", next is '=' or '>' ? 2 : 1); break;
            case '<': Emit(TokenKind.Relation, next == '=' ? "≤" : "<", next == '=' ? 2 : 1); break;
            case '>': Emit(TokenKind.Relation, next == '=' ? "≥" : ">", next == '=' ? 2 : 1); break;
            case ',': Comma(); break;
            case ';': Emit(TokenKind.Semicolon, ";", 1); break;
            case ':': Emit(next == '=' ? TokenKind.Relation : TokenKind.Colon, next == '=' ? "=" : ":", next == '=' ? 2 : 1); break;
            case '(': Emit(TokenKind.OpenParen, "(", 1); break;
            case ')': Emit(TokenKind.CloseParen, ")", 1); break;
            case '[': Emit(TokenKind.OpenBracket, "[", 1); break;
            case ']': Emit(TokenKind.CloseBracket, "]", 1); break;
            case '{':
                if (Follows(_at, "{,}")) Emit(TokenKind.ThousandsComma, ",", 3);
                else Emit(TokenKind.OpenGroup, "{", 1);
                break;
            case '}': Emit(TokenKind.CloseGroup, "}", 1); break;
            case '|': Emit(TokenKind.Bar, "|", 1); break;
            case '&': Emit(TokenKind.Ampersand, "&", 1); break;
            case '\'': Emit(TokenKind.Prime, "'", 1); break;
            case '.': Dot(); break;
            case '"' when _tokens.Count > 1 && _tokens[^1].Kind == TokenKind.Number && _tokens[^2].Kind == TokenKind.Prime:
                Emit(TokenKind.Prime, "'", 0);
                Emit(TokenKind.Prime, "'", 1);
                break;
            case '$' or '"' or '`' or '#': _at++; break;
            default: Emit(TokenKind.Unknown, c.ToString(), 1); break;
        }
    }

    // ",\!" before a digit groups thousands
    private void Comma()
    {
        int at = _at + 1;
        while (Follows(at, "\\!")) at += 2;
        bool groups = at > _at + 1;
        while (groups && at < _text.Length && _text[at] == ' ') at++;
        if (groups && at < _text.Length && char.IsAsciiDigit(_text[at])) Emit(TokenKind.ThousandsComma, ",", at - _at);
        else Emit(TokenKind.Comma, ",", 1);
    }

    private void Dot()
    {
        if (_side != Side.None)
        {
            _side = Side.None;   // "\left." draws nothing
            _at++;
        }
        else if (Follows(_at, "...")) Emit(TokenKind.Ellipsis, "...", 3);
        else if (_text.AsSpan(_at + 1).TrimStart(" $}").IsEmpty) _at++;   // the dot that ends the sentence
        else Emit(TokenKind.Unknown, ".", 1);
    }
}
