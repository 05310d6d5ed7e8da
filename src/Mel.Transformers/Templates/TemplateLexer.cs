using System.Globalization;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>
/// Cuts a template into tokens, as Jinja does with <c>trim_blocks</c> and <c>lstrip_blocks</c>: a line break behind a statement is dropped, and so is the
/// white space before one at the start of a line.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Signs =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private bool _lineStarts = true;

    private TemplateLexer(string source) => _source = source;

    /// <summary>The template with line feeds as its only line breaks, and without the last one.</summary>
    public static string Normalized(string template)
    {
        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>The tokens of a normalized template.</summary>
    /// <exception cref="TemplateSyntaxException">It has a piece that is none.</exception>
    public static List<Token> Read(string source)
    {
        var lexer = new TemplateLexer(source);
        while (lexer._at < source.Length) lexer.ReadData();
        lexer.Add(TokenKind.End, "", source.Length);
        return lexer._tokens;
    }

    private void ReadData()
    {
        int start = _at, open = NextTag(start);
        if (open < 0)
        {
            AddData(_source[start..], start);
            _at = _source.Length;
            return;
        }

        char kind = _source[open + 1];
        if (kind == '%' && RawBegin(open) is { } raw)
        {
            AddData(Before(start, open, Sign(open + 2), isVariable: false), start);
            MoveTo(raw);
            ReadRaw(open);
            return;
        }

        char sign = Sign(open + 2);
        AddData(Before(start, open, sign, kind == '{'), start);
        MoveTo(open + (sign == '\0' ? 2 : 3));
        if (kind == '#') SkipComment(open);
        else ReadTag(kind == '%', open);
    }

    private int NextTag(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#') return i;
        }

        return -1;
    }

    private char Sign(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    /// <summary>The text before a tag, without the white space that belongs to the tag.</summary>
    private string Before(int start, int end, char sign, bool isVariable)
    {
        string text = _source[start..end];
        if (sign == '-') return TextMethods.Trim(text, null, start: false, end: true);
        if (sign == '+' || isVariable) return text;
        int line = text.LastIndexOf('\n') + 1;
        if (line == 0 && !_lineStarts) return text;
        for (int i = line; i < text.Length; i++)
        {
            if (!CodePoints.IsSpace(text[i])) return text;
        }

        return text[..line];
    }

    private int? RawBegin(int open)
    {
        int at = SkipSpace(Sign(open + 2) == '\0' ? open + 2 : open + 3);
        if (!Is(at, "raw")) return null;
        at = SkipSpace(at + 3);
        return Is(at, "-%}") ? SkipSpace(at + 3) : Is(at, "%}") ? at + 2 : null;
    }

    private void ReadRaw(int open)
    {
        int start = _at;
        for (int tag = _source.IndexOf("{%", start, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 1, StringComparison.Ordinal))
        {
            char sign = Sign(tag + 2);
            int at = SkipSpace(sign == '\0' ? tag + 2 : tag + 3);
            if (!Is(at, "endraw")) continue;
            if (EndOf("%}", SkipSpace(at + 6), trims: true) is not { } end) continue;
            AddData(Before(start, tag, sign, isVariable: false), start);
            MoveTo(end);
            return;
        }

        throw new TemplateSyntaxException("the end of the raw block is missing", open);
    }

    private void SkipComment(int open)
    {
        int close = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0) throw new TemplateSyntaxException("the end of the comment is missing", open);
        bool signed = close > _at && _source[close - 1] is '-' or '+';
        MoveTo(EndOf("#}", signed ? close - 1 : close, trims: true)!.Value);
    }

    /// <summary>The place behind the end of a tag, or null where there is none.</summary>
    private int? EndOf(string end, int at, bool trims)
    {
        if (Is(at, "-") && Is(at + 1, end)) return SkipSpace(at + 3);
        if (trims && Is(at, "+") && Is(at + 1, end)) return at + 3;
        if (!Is(at, end)) return null;
        return trims && Is(at + 2, "\n") ? at + 3 : at + 2;
    }

    private void ReadTag(bool isBlock, int open)
    {
        Add(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, isBlock ? "{%" : "{{", open);
        var brackets = new Stack<char>();
        while (_at < _source.Length)
        {
            if (brackets.Count == 0 && EndOf(isBlock ? "%}" : "}}", _at, isBlock) is { } end)
            {
                Add(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, isBlock ? "%}" : "}}", _at);
                MoveTo(end);
                return;
            }

            char c = _source[_at];
            if (CodePoints.IsSpace(c)) _at++;
            else if (char.IsAsciiDigit(c)) ReadNumber();
            else if (char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber) ReadName();
            else if (c is '\'' or '"') ReadText(c);
            else ReadSign(brackets);
        }
    }

    private void ReadSign(Stack<char> brackets)
    {
        string sign = Array.Find(Signs, one => Is(_at, one)) ?? throw new TemplateSyntaxException($"unexpected character '{_source[_at]}'", _at);
        char c = sign[0];
        if (c is '(' or '[' or '{') brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        else if (c is ')' or ']' or '}')
        {
            if (!brackets.TryPop(out char expected)) throw new TemplateSyntaxException($"unexpected '{c}'", _at);
            if (expected != c) throw new TemplateSyntaxException($"unexpected '{c}', expected '{expected}'", _at);
        }

        Add(TokenKind.Operator, sign, _at);
        _at += sign.Length;
    }

    private void ReadName()
    {
        int start = _at;
        while (_at < _source.Length && IsNamePart(_source[_at])) _at++;
        string name = _source[start.._at];
        if (!TextKinds.IsIdentifier(name)) throw new TemplateSyntaxException("invalid character in identifier", start);
        Add(TokenKind.Name, name, start);
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void ReadNumber()
    {
        int start = _at;
        if ((start == 0 || _source[start - 1] != '.') && FloatEnd(start) is { } end)
        {
            Add(TokenKind.Float, _source[start..end].Replace("_", "", StringComparison.Ordinal), start);
            _at = end;
            return;
        }

        _at = IntegerEnd(start);
        Add(TokenKind.Integer, _source[start.._at].Replace("_", "", StringComparison.Ordinal), start);
    }

    private int? FloatEnd(int start)
    {
        int at = Digits(start, char.IsAsciiDigit), whole = at;
        if (Is(at, ".") && at + 1 < _source.Length && char.IsAsciiDigit(_source[at + 1])) at = Digits(at + 1, char.IsAsciiDigit);
        int exponent = at;
        if (exponent < _source.Length && _source[exponent] is 'e' or 'E')
        {
            exponent++;
            if (exponent < _source.Length && _source[exponent] is '+' or '-') exponent++;
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent])) at = Digits(exponent, char.IsAsciiDigit);
        }

        return at == whole ? null : at;
    }

    private int IntegerEnd(int start)
    {
        if (_source[start] != '0') return Digits(start, char.IsAsciiDigit);
        Func<char, bool>? digit = start + 1 == _source.Length ? null : _source[start + 1] switch
        {
            'b' or 'B' => static c => c is '0' or '1',
            'o' or 'O' => static c => c is >= '0' and <= '7',
            'x' or 'X' => char.IsAsciiHexDigit,
            _ => null,
        };
        if (digit is null) return Digits(start, static c => c == '0');
        int first = start + 2 < _source.Length && _source[start + 2] == '_' ? start + 3 : start + 2;
        return first < _source.Length && digit(_source[first]) ? Digits(first, digit) : start + 1;
    }

    private int Digits(int at, Func<char, bool> digit)
    {
        while (at < _source.Length && (digit(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && digit(_source[at + 1])))) at++;
        return at;
    }

    private void ReadText(char quote)
    {
        int start = _at, end = start + 1;
        while (end < _source.Length && _source[end] != quote) end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length) throw new TemplateSyntaxException("the end of the text in quotation marks is missing", start);
        Add(TokenKind.Text, TextLiteral.Unescaped(_source.AsSpan((start + 1)..end), start), start);
        _at = end + 1;
    }

    private bool Is(int at, string text) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0 && at <= _source.Length;

    private int SkipSpace(int at)
    {
        while (at < _source.Length && CodePoints.IsSpace(_source[at])) at++;
        return at;
    }

    private void MoveTo(int at)
    {
        _lineStarts = _source[at - 1] == '\n';
        _at = at;
    }

    private void AddData(string text, int position)
    {
        if (text.Length > 0) Add(TokenKind.Data, text, position);
    }

    private void Add(TokenKind kind, string text, int position) => _tokens.Add(new Token(kind, text, position));
}
