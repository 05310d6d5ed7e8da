namespace Mel.Verifiers.Parsing;

internal sealed partial class Tokenizer
{
    private void Backslash()
    {
        int slashes = _at;
        while (slashes < _text.Length && _text[slashes] == '\\') slashes++;
        int count = slashes - _at;
        char next = slashes < _text.Length ? _text[slashes] : '\0';
        switch (count)
        {
            case 1 when char.IsAsciiLetter(next):
                _at++;
                Command();
                break;
            case 1:
                Escaped(next);
                break;
            // a doubled backslash before a known command is an escape written twice, in a matrix as elsewhere; "\\" before anything else breaks the row
            case 2 when char.IsAsciiLetter(next) && IsCommandAt(slashes):
                _at = slashes;
                Command();
                break;
            case 2 when _environments == 0 && next is ',' or ';' or ':' or '!' or '{' or '}' or '%' or '$' or '|' or '(' or ')' or '[' or ']':
                _at++;
                Escaped(next);
                break;
            case 2 or 4:
                Break(count);
                break;
            default:
                Break(count % 2 == 0 ? count : count - 1);
                break;
        }
    }

    private void Break(int length)
    {
        Emit(_environments > 0 ? TokenKind.RowBreak : TokenKind.Wide, "\\\\", length);
        if (_environments == 0 || _at >= _text.Length || _text[_at] != '[') return;
        int close = _text.IndexOf(']', _at);                                    // "\\[4pt]"
        if (close > 0 && close - _at < 8 && _text.AsSpan(_at, close - _at).ContainsAnyInRange('a', 'z')) _at = close + 1;
    }

    private void Escaped(char next)
    {
        switch (next)
        {
            case '{': _at++; Emit(TokenKind.OpenSet, "{", 1); break;
            case '}': _at++; Emit(TokenKind.CloseSet, "}", 1); break;
            case '%': _at++; Emit(TokenKind.Percent, "%", 1); break;
            case '$':
                _at++;
                if (_text.AsSpan(_at + 1).TrimStart() is [(>= '0' and <= '9') or '.' or '-' or '\\', ..]) Emit(TokenKind.Currency, "dollar", 1);
                else _at++;
                break;
            case '|': _at++; Emit(TokenKind.Bar, "|", 1); break;
            case ',' or ';' or ':' or '!' or ' ' or '>' or '\n':
                _at += 2;
                _space |= next != '!';
                break;
            case '\0': _at++; break;
            default: _at += next is '(' or ')' or '[' or ']' or '#' or '&' or '_' or '"' or '\'' ? 2 : 1; break;
        }
    }

    private bool IsCommandAt(int start)
    {
        int end = start;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        return end - start >= 2 && CommandTable.TryCommand(_text.AsSpan(start, end - start), out _);
    }

    // At the first letter of a command name. An unknown name is cut to its longest known beginning: "\vertx", "\pir".
    private void Command()
    {
        int end = _at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        int length = end - _at;
        (TokenKind Kind, string Text) meaning = default;
        int known = Math.Min(length, CommandTable.LongestCommand);
        while (known >= 2 && !CommandTable.TryCommand(_text.AsSpan(_at, known), out meaning) && !IsLayout(_text.AsSpan(_at, known))) known--;
        if (known < 2)
        {
            if (length == 1 && CommandTable.TryCommand(_text.AsSpan(_at, 1), out meaning)) known = 1;
            else if (end < _text.Length && _text[end] == '{')
            {
                Emit(TokenKind.Decoration, "", length);                        // an unknown command with an argument decorates it
                return;
            }
            else
            {
                Emit(TokenKind.Unknown, _text[_at..end], length);
                return;
            }
        }
        if (meaning.Text is null)
        {
            bool struck = IsStruck(_text.AsSpan(_at, known));
            _at += known;
            int before = _at;
            SkipLayoutArgument();
            if (struck && _at == before) Emit(TokenKind.Unknown, "", 0);
            return;
        }
        switch (meaning.Kind)
        {
            case TokenKind.Transparent:
                string name = meaning.Text;
                _at += known;
                if (name is "left" or "mleft") _side = Side.Left;
                else if (name is "right" or "mright") _side = Side.Right;
                break;
            case TokenKind.Styled: Styled(known); break;
            case TokenKind.Operator: Operator(known, meaning.Text); break;
            case TokenKind.NamedSet when meaning.Text is "mathbb" or "Bbb": NamedSet(known); break;
            case TokenKind.Begin or TokenKind.EndEnvironment: Environment(meaning.Kind, known); break;
            case TokenKind.Symbol when meaning.Text == "circled": Circled(known); break;
            case TokenKind.Wide:
                Emit(TokenKind.Wide, "", known);
                break;
            default: Emit(meaning.Kind, meaning.Text, known); break;
        }
    }

    private static bool IsLayout(ReadOnlySpan<char> name)
        => name is "hspace" or "vspace" or "phantom" or "label" or "color" or "textcolor" or "tag" or "hphantom" || IsStruck(name);

    // what is struck out is not said
    private static bool IsStruck(ReadOnlySpan<char> name) => name is "cancel" or "bcancel" or "xcancel" or "sout";

    // \hspace{..}, \color{..}; of \textcolor{..}{..} only the color
    private void SkipLayoutArgument()
    {
        if (_at < _text.Length && _text[_at] == '{') _at = CloseOf(_at) + 1;
    }

    // index of the brace that closes the one at open, or the last character
    private int CloseOf(int open)
    {
        int depth = 0;
        for (int i = open; i < _text.Length; i++)
        {
            if (_text[i] == '\\') i++;
            else if (_text[i] == '{') depth++;
            else if (_text[i] == '}' && --depth == 0) return i;
        }
        return _text.Length - 1;
    }

    private bool TryArgument(int commandLength, out string content, out int end)
    {
        int open = _at + commandLength;
        while (open < _text.Length && _text[open] == ' ') open++;
        content = "";
        end = open;
        if (open >= _text.Length || _text[open] != '{') return false;
        int close = CloseOf(open);
        content = close > open ? _text[(open + 1)..close] : "";
        if (_text[close] != '}' && close == _text.Length - 1 && close > open) content = _text[(open + 1)..];
        end = Math.Min(close + 1, _text.Length);
        return true;
    }

    private void Styled(int length)
    {
        if (!TryArgument(length, out string content, out int end))
        {
            _at += length;
            return;
        }
        string trimmed = content.Trim();
        if (trimmed.Length == 0)
        {
            _at = end;
            _space = true;
        }
        else if (NamesFunction(content, end, out string function)) Emit(TokenKind.Function, function, end - _at);
        else if (UprightUnit(content, end)) return;
        else if (trimmed.Contains('$', StringComparison.Ordinal) && BranchWords.Begins(trimmed)) Branch(content, end);
        else if (IsMathematical(trimmed)) Inline(content, end);
        else if (EndsInAnd(trimmed, end)) return;
        else if (HoldsMeasure(trimmed)) Inline(content, end, words: true);
        else if (OperatorWord(trimmed, end) is var (kind, sign) && kind != TokenKind.End) Emit(kind, sign, end - _at);
        else if (trimmed.TrimEnd(',').Trim().ToLowerInvariant() is "and" or "or" or "and/or" or "&" && trimmed.Length <= 7)
            Emit(trimmed.Contains('o', StringComparison.OrdinalIgnoreCase) && !trimmed.StartsWith('a') ? TokenKind.Or : TokenKind.And, trimmed, end - _at);
        else if (JoiningWord(trimmed) is { } joint) Emit(joint, trimmed, end - _at);
        else if (trimmed is "," or ";") Emit(TokenKind.Comma, ",", end - _at);
        else Emit(TokenKind.Text, content, end - _at);
    }

    // \textcircled{1}\textcircled{3} names two statements
    private void Circled(int length)
    {
        if (!TryArgument(length, out string content, out int end))
        {
            Emit(TokenKind.Unknown, "circled", length);
            return;
        }
        if (_tokens.Count > 0 && _tokens[^1] is { Kind: TokenKind.Symbol } before && before.Text.StartsWith('('))
            _tokens.Add(new Token(TokenKind.Comma, ",", _at, _at, true));
        Emit(TokenKind.Symbol, "(" + content.Trim() + ")", end - _at);
    }

    // digits and operators, or mathematics of its own
    private static bool IsMathematical(string content)
        => content.AsSpan().IndexOfAny("$\\") >= 0 || content.AsSpan().IndexOfAnyInRange('a', 'z') < 0 && content.AsSpan().IndexOfAnyInRange('A', 'Z') < 0
            && content.AsSpan().IndexOfAnyInRange('0', '9') >= 0 && content.AsSpan().IndexOfAnyInRange('\u0080', '\uffff') < 0;

    private void Operator(int length, string command)
    {
        if (!TryArgument(length, out string content, out int end))
        {
            _at += length;
            return;
        }
        string name = content.Trim(' ', '~');
        if (UprightUnit(content, end)) return;
        if (name.Length is 2 or 3 && command != "operatorname" && name.AsSpan().IndexOfAnyExcept(AsciiLetters) < 0
            && !CommandTable.TryCommand(name, out _) && !CommandTable.TryWord(name, out _))
        {
            IsAmbiguous = true;
            if (_letters == LetterReading.Products)
            {
                Inline(content, end);
                return;
            }
        }
        if (name.Length > 1 && name.AsSpan().IndexOfAnyExcept(AsciiLetters) < 0)
        {
            if (CommandTable.TryCommand(name, out (TokenKind Kind, string Text) meaning)
                && meaning.Kind is TokenKind.Function or TokenKind.And or TokenKind.Or or TokenKind.Modulo or TokenKind.Limit
                || CommandTable.TryWord(name, out meaning)) Emit(meaning.Kind, meaning.Text, end - _at);
            else Emit(TokenKind.Text, content, end - _at);
        }
        else if (name.StartsWith('(') && name.EndsWith(')') && name.Length == 3) Emit(TokenKind.Text, content, end - _at);
        else Inline(content, end);
    }

    private static readonly System.Buffers.SearchValues<char> AsciiLetters
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // "if $n$ is even": words and formulas in turn
    private void Branch(string content, int end)
    {
        int start = _at;
        string[] parts = content.Split('$');
        for (int i = 0; i < parts.Length; i++)
        {
            _at = start;
            if (!string.IsNullOrWhiteSpace(parts[i])) Inline(parts[i], end, words: i % 2 == 0);
        }
        _at = end;
    }

    private void Inline(string content, int end, bool words = false)
    {
        if (_inlineDepth < MaxInlineDepth)
        {
            int first = _tokens.Count;
            Tokenizer inner = new(content, _tokens, _limit, _inlineDepth + 1, _letters, words || _words);
            _ = inner.Run();
            IsAmbiguous |= inner.IsAmbiguous;
            for (int i = first; i < _tokens.Count; i++)
            {
                bool space = _tokens[i].SpaceBefore || i == first && _space;
                _tokens[i] = _tokens[i] with { Start = _at, End = end, SpaceBefore = space };
            }
        }
        else _tokens.Add(new Token(TokenKind.Unknown, content, _at, end, _space));
        _space = false;
        _at = end;
    }

    private void NamedSet(int length)
    {
        if (TryArgument(length, out string content, out int end)) Emit(TokenKind.NamedSet, content.Trim(), end - _at);
        else if (end < _text.Length && char.IsAsciiLetter(_text[end])) Emit(TokenKind.NamedSet, _text[end].ToString(), end + 1 - _at);
        else _at += length;
    }

    private void Environment(TokenKind kind, int length)
    {
        if (!TryArgument(length, out string name, out int end))
        {
            _at += length;
            return;
        }
        if (kind == TokenKind.Begin) _environments++;
        else if (_environments > 0) _environments--;
        name = name.Trim().TrimEnd('*');
        if (kind == TokenKind.Begin && name is "array" or "alignedat" && end < _text.Length && _text[end] == '{') end = CloseOf(end) + 1;
        Emit(kind, name, end - _at);
    }
}
