using System.Globalization;

namespace Mel.Transformers.Expressions;

/// <summary>
/// Reads an expression as Oniguruma does with its Ruby syntax, which is what Hugging Face's tokenizers are written for. What is not built is refused by name,
/// never read as something else.
/// </summary>
internal sealed class ExpressionParser
{
    /// <summary>The most characters of an expression.</summary>
    public const int Longest = 1 << 13;

    /// <summary>The most times that a repetition may ask for in numbers.</summary>
    private const int MostTimes = 256;

    private const int MostLevels = 32;

    private readonly string _pattern;
    private readonly EscapeReader _escapes;
    private int _at;
    private int _level;

    private ExpressionParser(string pattern)
    {
        _pattern = pattern;
        _escapes = new EscapeReader(pattern);
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It is too long, malformed, or asks for what is not built.</exception>
    public static Node Parse(string pattern)
    {
        if (pattern.Length is 0 or > Longest) throw new ExpressionException($"it has {pattern.Length:N0} characters; 1 to {Longest:N0} are supported");
        var parser = new ExpressionParser(pattern);
        Node node = parser.Alternatives(ignoreCase: false);
        if (parser._at < pattern.Length) throw new ExpressionException($"')' at {parser._at} without '('");
        return node;
    }

    private Node Alternatives(bool ignoreCase)
    {
        if (++_level > MostLevels) throw new ExpressionException($"more than {MostLevels} levels of groups");
        ignoreCase |= TryTake("(?i)");       // for all that follows in the group
        var parts = new List<Node>();
        do parts.Add(Sequence(ignoreCase));
        while (TryTake('|'));
        _level--;
        return parts.Count == 1 ? parts[0] : new Node.Choice(parts);
    }

    private Node.Sequence Sequence(bool ignoreCase)
    {
        var parts = new List<Node>();
        char previous = '\0';
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char letter = _pattern[_at];
            Node part = Quantified(Atom(ignoreCase));
            bool isLetter = char.IsAsciiLetter(letter) && part is Node.One;
            if (ignoreCase && isLetter && previous != '\0') CaseFolding.Require(previous, letter);
            previous = isLetter ? letter : '\0';
            parts.Add(part);
        }
        return new Node.Sequence(parts);
    }

    private Node Quantified(Node atom)
    {
        while (_at < _pattern.Length)
        {
            if (!TryTimes(out int least, out int most, out bool counted)) return atom;
            if (atom is Node.Look or Node.At) throw new ExpressionException($"a repeated condition at {_at}");
            Manner manner = Manner.Greedy;
            if (TryTake('?')) manner = Manner.Lazy;
            else if (!counted && TryTake('+')) manner = Manner.Possessive;
            if (manner == Manner.Lazy && counted && least == most) throw new ExpressionException($"'{{{least}}}?' at {_at}");
            if (manner == Manner.Possessive && atom is not Node.One) throw new ExpressionException($"a possessive repetition of a group at {_at}");
            if (atom.IsNullable) throw new ExpressionException($"a repetition of what may be empty at {_at}");
            atom = new Node.Repeat(atom, least, most, manner);
        }
        return atom;
    }

    private bool TryTimes(out int least, out int most, out bool counted)
    {
        (least, most, counted) = (0, int.MaxValue, false);
        switch (_pattern[_at])
        {
            case '*': _at++; return true;
            case '+': _at++; least = 1; return true;
            case '?': _at++; most = 1; return true;
            case '{': break;
            default: return false;
        }

        int close = _pattern.IndexOf('}', _at);
        string[] bounds = close < 0 ? [] : _pattern[(_at + 1)..close].Split(',');
        if (bounds.Length is 0 or > 2 || bounds.All(b => b.Length == 0) || bounds.Any(b => !b.All(char.IsAsciiDigit)))
            throw new ExpressionException($"'{{' at {_at} that begins no number of times");
        least = Times(bounds[0], 0);
        most = bounds.Length == 1 ? least : Times(bounds[1], int.MaxValue);
        if (least > most) throw new ExpressionException($"'{{{least},{most}}}' at {_at}");
        _at = close + 1;
        return counted = true;
    }

    private static int Times(string digits, int otherwise)
    {
        if (digits.Length == 0) return otherwise;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int times) && times <= MostTimes ? times
            : throw new ExpressionException($"a repetition of {digits[..Math.Min(9, digits.Length)]} times; {MostTimes} are supported");
    }

    private Node Atom(bool ignoreCase)
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '(': return Group(ignoreCase);
            case '[': return new Node.One(new ClassParser(_pattern, _escapes, ignoreCase).Parse(ref _at));
            case '.': _at++; return new Node.One(other => other != '\n');
            case '^': _at++; return new Node.At(Place.LineStart);
            case '$': _at++; return new Node.At(Place.LineEnd);
            case '\\' when Ahead(@"\A"): _at += 2; return new Node.At(Place.TextStart);
            case '\\' when Ahead(@"\z"): _at += 2; return new Node.At(Place.TextEnd);
            case '\\': return new Node.One(_escapes.Read(ref _at, ignoreCase, inBrackets: false, out _));
            case '*' or '+' or '?' or '{': throw new ExpressionException($"'{c}' at {_at} with nothing to repeat");
            default: return new Node.One(_escapes.Literal(ref _at, ignoreCase));
        }
    }

    private Node Group(bool ignoreCase)
    {
        int start = _at;
        if (TryTake("(?:")) return Closed(Alternatives(ignoreCase), start);
        if (TryTake("(?i:")) return Closed(Alternatives(ignoreCase: true), start);
        if (TryTake("(?-i:")) return Closed(Alternatives(ignoreCase: false), start);
        if (TryTake("(?=")) return Looking(ignoreCase, start, behind: false, negative: false);
        if (TryTake("(?!")) return Looking(ignoreCase, start, behind: false, negative: true);
        if (TryTake("(?<=")) return Looking(ignoreCase, start, behind: true, negative: false);
        if (TryTake("(?<!")) return Looking(ignoreCase, start, behind: true, negative: true);
        if (Ahead("(?")) throw new ExpressionException($"'{_pattern.AsSpan(start, Math.Min(4, _pattern.Length - start))}' at {start}");
        _at++;
        return Closed(Alternatives(ignoreCase), start);
    }

    private Node.Look Looking(bool ignoreCase, int start, bool behind, bool negative)
        => Closed(Alternatives(ignoreCase), start) is Node.Sequence { Parts: [Node.One one] } ? new Node.Look(one.Contains, behind, negative)
            : throw new ExpressionException($"a look ahead or behind at more than one character at {start}");

    private Node Closed(Node node, int start) => TryTake(')') ? node : throw new ExpressionException($"'(' at {start} without ')'");

    private bool Ahead(string text) => _pattern.AsSpan(_at).StartsWith(text, StringComparison.Ordinal);

    private bool TryTake(string text)
    {
        bool ahead = Ahead(text);
        if (ahead) _at += text.Length;
        return ahead;
    }

    private bool TryTake(char c)
    {
        bool ahead = _at < _pattern.Length && _pattern[_at] == c;
        if (ahead) _at++;
        return ahead;
    }
}
