using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Tokenizer
{
    private const int UnitReach = 6;

    private int _lastUnit = -1;   // the index of the last unit that a command named

    // \mathrm{~m}, \mathrm{m/s}, \text{ µm}: a unit, where a number or another unit stands before it
    private bool UprightUnit(string content, int end)
    {
        if (_words || content.Length > 40) return false;
        string unit = content.Replace("\\mu ", "µ", StringComparison.Ordinal).Replace("\\mu", "µ", StringComparison.Ordinal)
            .Replace("\\Omega", "Ω", StringComparison.Ordinal)
            .Replace("\\cdot", "*", StringComparison.Ordinal).Replace("\\,", " ", StringComparison.Ordinal)
            .Replace("\\ ", " ", StringComparison.Ordinal).Trim(' ', '~');
        if (unit.Length == 0 || unit.Contains('\\', StringComparison.Ordinal)) return false;
        bool apart = content[0] is ' ' or '~' || content.StartsWith("\\ ", StringComparison.Ordinal)
            || _text.AsSpan(_at).StartsWith("\\text", StringComparison.Ordinal);
        if (unit.Length == 1 && (unit[0] is 'd' or 'i' or 'e' || end < _text.Length && _text[end] == '_')) return false;
        if (_letters == LetterReading.Products && !apart) return false;
        if (_tokens.Count == 0 || !FollowsMeasure(apart) || UnitReader.Whole(unit) is null) return false;
        if (!apart) IsAmbiguous = true;
        Emit(TokenKind.Text, unit, end - _at);
        _lastUnit = _tokens.Count - 1;
        return true;
    }

    // \text{lcm}(4, 6): the name of a function, where its bracket touches it
    private bool NamesFunction(string content, int end, out string function)
    {
        function = "";
        if (content.Length < 2 || !CommandTable.TryCommand(content, out (TokenKind Kind, string Text) meaning)
            || meaning.Kind != TokenKind.Function) return false;
        function = meaning.Text;
        return Follows(end, "(") || Follows(end, "\\left(") || Follows(end, "\\left (");
    }

    private bool FollowsMeasure(bool apart)
    {
        TokenKind before = _tokens[^1].Kind;
        if (before is TokenKind.Number or TokenKind.CloseGroup or TokenKind.CloseParen or TokenKind.Constant or TokenKind.Degree) return true;
        if (apart && before is TokenKind.Symbol) return true;
        if (_lastUnit < 0 || _tokens.Count - _lastUnit > UnitReach) return false;
        for (int i = _lastUnit + 1; i < _tokens.Count; i++)
        {
            if (_tokens[i].Kind is not (TokenKind.Slash or TokenKind.Times or TokenKind.Caret or TokenKind.Number or TokenKind.Minus or TokenKind.OpenGroup
                or TokenKind.CloseGroup)) return false;
        }
        return true;
    }

    // "15 km", "4:30 p.m.", " hours 30 minutes": numbers with their words, not words alone
    private bool HoldsMeasure(string content)
    {
        if (IsOrdinal(content)) return false;
        if (char.IsAsciiDigit(content[0]) || content[0] == '-' && content.Length > 1 && char.IsAsciiDigit(content[1])) return true;
        if (_tokens.Count == 0 || _tokens[^1].Kind is not (TokenKind.Number or TokenKind.CloseGroup)) return false;
        for (int i = 1; i < content.Length; i++)
            if (char.IsAsciiDigit(content[i]) && content[i - 1] == ' ') return true;
        return false;
    }

    // 1st, 22nd
    private static bool IsOrdinal(string content)
    {
        int digits = content.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && content.Length >= digits + 2 && content.Substring(digits, 2) is "st" or "nd" or "rd" or "th";
    }

    // inside a text command: the words up to the next number or sign
    private void Words()
    {
        int end = _at;
        while (end < _text.Length && (char.IsLetter(_text[end]) || _text[end] is ' ' or '.' or '\'' or '’'
            || end + 1 < _text.Length && char.IsLetter(_text[end + 1])
            && _text[end] is '-' or '/')) end++;
        while (end > _at && _text[end - 1] == ' ') end--;
        string words = _text[_at..end];
        if (EndsInAnd(words, end)) return;
        if (words is "and" or "or") Emit(words == "and" ? TokenKind.And : TokenKind.Or, words, words.Length);
        else if (OperatorWord(words, end) is var (kind, sign) && kind != TokenKind.End) Emit(kind, sign, words.Length);
        else Emit(TokenKind.Text, words, words.Length);
    }

    // plain "plus", "out of", "to" between two numbers
    private bool Joins(ReadOnlySpan<char> run, int end)
    {
        if (run.Length is < 2 or > 7 || _tokens.Count == 0) return false;
        int length = run.Length;
        foreach (string second in (ReadOnlySpan<string>)[" of", " by", " to"])
        {
            if (_text.AsSpan(end).StartsWith(second, StringComparison.Ordinal) && run is "out" or "divided" or "is")
            {
                length += second.Length;
                break;
            }
        }
        (TokenKind kind, string sign) = OperatorWord(_text.Substring(_at, length), _at + length);
        if (kind == TokenKind.End) return false;
        Emit(kind, sign, length);
        return true;
    }

    // 7 pm, 7:45 AM, 7 p.m.
    private bool HalfOfDay(ReadOnlySpan<char> run, int end)
    {
        if (_tokens.Count == 0 || _tokens[^1].Kind != TokenKind.Number) return false;
        bool initial = run is "a" or "p" && Follows(end, ".m") && (end + 2 >= _text.Length || !char.IsLetter(_text[end + 2]));
        if (!initial && !(_space && run is "am" or "pm" or "AM" or "PM")) return false;
        IsAmbiguous |= !initial;
        if (!initial && _letters == LetterReading.Products) return false;
        int length = initial ? 3 : run.Length;
        if (initial && _at + 3 < _text.Length && _text[_at + 3] == '.') length++;
        Emit(TokenKind.Word, run[0] is 'a' or 'A' ? "am" : "pm", length);
        return true;
    }

    // "hours and" in front of a number: the words, and the sign that joins
    private bool EndsInAnd(string trimmed, int end)
    {
        if (!trimmed.EndsWith(" and", StringComparison.Ordinal) || _tokens.Count == 0
            || _tokens[^1].Kind is not (TokenKind.Number or TokenKind.CloseGroup)) return false;
        int next = end;
        while (next < _text.Length && _text[next] is ' ' or '\\' or '$' or ',') next++;
        if (next >= _text.Length || !char.IsAsciiDigit(_text[next])) return false;
        Emit(TokenKind.Text, trimmed[..^4], 0);
        Emit(TokenKind.And, "and", end - _at);
        return true;
    }

    // the sign that words between two values stand for; End where they stand for none
    private (TokenKind Kind, string Sign) OperatorWord(string words, int end)
    {
        (TokenKind Kind, string Sign) found = words.ToLowerInvariant() switch
        {
            "plus" => (TokenKind.Plus, "+"),
            "minus" or "negative" => (TokenKind.Minus, "-"),
            "times" or "multiplied by" => (TokenKind.Times, "*"),
            "divided by" or "out of" or "over" => (TokenKind.Slash, "/"),
            "to" or "is to" => (TokenKind.Colon, ":"),
            _ => (TokenKind.End, ""),
        };
        if (found.Kind == TokenKind.End) return found;
        while (end < _text.Length && _text[end] is ' ' or '~' or '$' or '{' or '(') end++;
        bool after = end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] is '\\' or '-' or '.');
        bool before = _tokens.Count > 0 && _tokens[^1].Kind is TokenKind.Number or TokenKind.CloseGroup or TokenKind.CloseParen or TokenKind.Symbol
            or TokenKind.Constant;
        return after && (found.Kind == TokenKind.Minus ? before || _tokens.Count == 0 : before) ? found : (TokenKind.End, "");
    }

    // "$\min$ at $x=3$": what stands outside of the dollar signs is prose
    private bool IsBetweenFormulas(int end)
        => _at > 1 && _text[_at - 1] == ' ' && _text[_at - 2] == '$' && end + 1 < _text.Length && _text[end] == ' ' && _text[end + 1] == '$';

    private void ForeignLetters()
    {
        int end = _at;
        while (end < _text.Length && _text[end] >= 128 && !char.IsWhiteSpace(_text[end])) end++;
        bool letters = true;
        for (int i = _at; i < end; i++) letters &= char.IsLetter(_text[i]) || char.IsSurrogate(_text[i]);
        string run = _text[_at..end];
        Emit(JoiningWord(run) ?? (letters ? TokenKind.Text : TokenKind.Unknown), run, end - _at);
    }

    // "and" and "or" between Chinese answers
    private static TokenKind? JoiningWord(string word) => word switch
    {
        "或" or "或者" => TokenKind.Or,
        "和" or "与" or "及" or "以及" or "且" => TokenKind.And,
        _ => null,
    };
}
