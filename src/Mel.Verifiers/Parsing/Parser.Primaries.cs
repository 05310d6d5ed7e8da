using System.Globalization;
using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? Primary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number: return NumberLiteral();
            case TokenKind.Currency:
                _at++;
                Node? amount = Kind is TokenKind.Number ? NumberLiteral() : Primary();
                return amount is null ? null : Made(Make.Quantity(amount, token.Text));
            case TokenKind.Symbol: return Symbol();
            case TokenKind.Constant:
                _at++;
                if (token.Text is "e" or "i" && Kind is TokenKind.Underscore) return Subscripted(token.Text);
                return token.Text switch { "pi" => Make.Pi, "e" => Make.E, "i" => Make.I, _ => Make.Infinity };
            case TokenKind.Prefix: return Prefixed();
            case TokenKind.Decoration: return Decorated();
            case TokenKind.Function: return Function();
            case TokenKind.Fraction: return Fraction();
            case TokenKind.Root: return Root();
            case TokenKind.Binomial: return Binomial();
            case TokenKind.Sum or TokenKind.Integral or TokenKind.Limit: return BigOperator();
            case TokenKind.Begin: return Environment();
            case TokenKind.OpenParen or TokenKind.OpenBracket or TokenKind.CloseBracket: return Bracketed();
            case TokenKind.OpenGroup: return Group();
            case TokenKind.OpenSet: return Braced();
            case TokenKind.Bar or TokenKind.OpenBar: return Absolute();
            case TokenKind.OpenFloor: return Enclosed(TokenKind.CloseFloor, "floor");
            case TokenKind.OpenCeil: return Enclosed(TokenKind.CloseCeil, "ceil");
            case TokenKind.EmptySet:
                _at++;
                return Make.EmptySet;
            case TokenKind.NamedSet:
                _at++;
                return Make.Structure(NodeKind.NamedSet, [], token.Text);
            case TokenKind.Ellipsis:
                _at++;
                return Make.Ellipsis;
            default: return Malformed();
        }
    }

    private Node? NumberLiteral()
    {
        Token first = Current;
        string digits = first.Text;
        _at++;
        bool grouped = false;
        bool insideRun = _at > 2 && _tokens[_at - 2].Kind == TokenKind.Comma && !first.SpaceBefore && !_tokens[_at - 2].SpaceBefore && _tokens[_at - 3].Kind == TokenKind.Number;
        if (digits.Length <= 3 && !insideRun && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            // 12,345,678 12{,}345 12\,345 12 345: every later group has exactly three digits, and the run as a whole must fit
            int at = _at;
            System.Text.StringBuilder run = new(digits);
            string? fraction = null;
            while (fraction is null && GroupAt(at, out int after, out string group))
            {
                int point = group.IndexOf('.', StringComparison.Ordinal);
                if (point >= 0)
                {
                    fraction = group[point..];
                    group = group[..point];
                }
                if (group.Length != 3)
                {
                    at = -1;
                    break;
                }
                run.Append(group);
                at = after;
            }
            if (at > _at && !(digits[0] == '0') && !ContinuesList(at))
            {
                digits = run.Append(fraction).ToString();
                _at = at;
                grouped = true;
            }
        }
        if (Kind == TokenKind.Decoration && digits.EndsWith('.') | digits.Contains('.', StringComparison.Ordinal) && Repeating(digits) is { } repeating) return repeating;
        if (Literal(digits) is not { } number) return Exceeded();
        if (Kind == TokenKind.Underscore && number.Value.IsInteger) return Based(digits);
        if (!grouped && number.Decimals < 0 && MixedFraction() is { } fractionPart) return Made(Make.Number(number.Value + fractionPart));
        return number;
    }

    // a separator and a number that may be the next group of thousands
    private bool GroupAt(int at, out int after, out string group)
    {
        after = at;
        group = "";
        TokenKind kind = _tokens[at].Kind;
        if (kind == TokenKind.ThousandsComma || kind == TokenKind.Comma && !_separating && !_tokens[at].SpaceBefore)
        {
            if (_tokens[at + 1].Kind != TokenKind.Number || kind == TokenKind.Comma && _tokens[at + 1].SpaceBefore) return false;
            group = _tokens[at + 1].Text;
            after = at + 2;
            return true;
        }
        if (kind != TokenKind.Number || !_tokens[at].SpaceBefore) return false;
        group = _tokens[at].Text;
        after = at + 1;
        // "2 1/2" is a mixed number and "1 234" a grouped one: three digits tell
        return group.Length >= 3 && group.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    // "108,135,27": one group that does not fit makes all of it a list
    private bool ContinuesList(int at)
    {
        TokenKind kind = _tokens[at].Kind;
        return kind == TokenKind.Comma && !_tokens[at].SpaceBefore && _tokens[at + 1].Kind == TokenKind.Number && !_tokens[at + 1].SpaceBefore;
    }

    private static Node? Literal(string digits)
    {
        int exponentAt = digits.AsSpan().IndexOfAny('e', 'E');
        int exponent = 0;
        if (exponentAt >= 0)
        {
            if (!int.TryParse(digits.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return null;
            digits = digits[..exponentAt];
        }
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int places = point < 0 ? 0 : digits.Length - point - 1;
        BigInteger mantissa = point < 0 && digits.Length < 10
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : BigInteger.Parse(point < 0 ? digits : string.Concat(digits.AsSpan(0, point), digits.AsSpan(point + 1)), NumberStyles.None, CultureInfo.InvariantCulture);
        if (exponent == 0)
            return places == 0 ? Make.Number(new BigRational(mantissa), point < 0 ? -1 : 0) : Make.Number(new BigRational(mantissa, BigInteger.Pow(10, places)), places);
        if (Math.Abs(exponent) <= 500)
            return new Node(NodeKind.Number, [], "", new BigRational(mantissa) * BigRational.PowerOfTen(exponent - places), places > 0 ? Traits.Decimal : Traits.None);
        return Make.Mul([Make.Number(new BigRational(mantissa)), Make.Pow(Make.Number(new BigRational(10)), Make.Number(new BigRational(exponent - places)))]);
    }

    // 0.1\overline{6}
    private Node? Repeating(string digits)
    {
        if (Current.Text is not ("overline" or "dot" or "bar")) return null;
        int at = _at + 1;
        string repetend;
        if (_tokens[at].Kind == TokenKind.Number) repetend = _tokens[at++].Text;
        else if (_tokens[at].Kind == TokenKind.OpenGroup && _tokens[at + 1].Kind == TokenKind.Number && _tokens[at + 2].Kind == TokenKind.CloseGroup)
        {
            repetend = _tokens[at + 1].Text;
            at += 3;
        }
        else return null;
        if (repetend.Length > 100 || digits.Length > 400 || repetend.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return null;
        _at = at;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int places = digits.Length - point - 1;
        BigRational start = new(BigInteger.Parse(digits.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), BigInteger.Pow(10, places));
        BigRational tail = new(BigInteger.Parse(repetend, CultureInfo.InvariantCulture), (BigInteger.Pow(10, repetend.Length) - 1) * BigInteger.Pow(10, places));
        return Make.Number(start + tail);
    }

    // 3\frac{1}{2}, 3 1/2: whole numbers, and a proper fraction
    private BigRational? MixedFraction()
    {
        int at = _at, numerator, denominator;
        if (Kind == TokenKind.Fraction)
        {
            at++;
            if (_tokens[at] is { Kind: TokenKind.Number, Text: [(>= '0' and <= '9') and var top, (>= '0' and <= '9') and var bottom] })
            {
                (numerator, denominator) = (top - '0', bottom - '0');          // \frac34
                at++;
            }
            else if (!FractionPart(ref at, out numerator) || !FractionPart(ref at, out denominator)) return null;
        }
        else if (Kind == TokenKind.Number && Current.SpaceBefore && NextKind == TokenKind.Slash && _tokens[_at + 2].Kind == TokenKind.Number)
        {
            if (!int.TryParse(Current.Text, NumberStyles.None, CultureInfo.InvariantCulture, out numerator)
                || !int.TryParse(_tokens[_at + 2].Text, NumberStyles.None, CultureInfo.InvariantCulture, out denominator)) return null;
            at += 3;
        }
        else return null;
        if (numerator <= 0 || denominator <= numerator) return null;
        _at = at;
        return new BigRational(numerator, denominator);
    }

    private bool FractionPart(ref int at, out int value)
    {
        value = 0;
        if (_tokens[at].Kind == TokenKind.Number)
        {
            // \frac12: one token of two digits is both parts, which the fraction parser knows how to split
            string text = _tokens[at].Text;
            if (text.Length != 1) return false;
            value = text[0] - '0';
            at++;
            return true;
        }
        if (_tokens[at].Kind != TokenKind.OpenGroup || _tokens[at + 1].Kind != TokenKind.Number || _tokens[at + 2].Kind != TokenKind.CloseGroup) return false;
        bool whole = int.TryParse(_tokens[at + 1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        at += 3;
        return whole;
    }

    // 204_5, 1011_{two}
    private Node? Based(string digits)
    {
        int mark = _at;
        if (Subscript() is not { } text) return Malformed();
        int radix = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed
            : Array.IndexOf(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], text.ToLowerInvariant()) is >= 0 and int index ? index + 2 : 0;
        if (radix is < 2 or > 36)
        {
            _at = mark;
            return Malformed();
        }
        BigInteger value = BigInteger.Zero;
        foreach (char c in digits)
        {
            if (c - '0' >= radix) return Malformed();
            value = value * radix + (c - '0');
        }
        return Made(Make.Based(new BigRational(value), digits, radix));
    }

    private Node? Symbol()
    {
        string name = Current.Text;
        // an integral's own dx
        if (_integrals > 0 && name == "d" && NextKind is TokenKind.Symbol && !_tokens[_at + 1].SpaceBefore | _tokens[_at + 1].End - _tokens[_at + 1].Start > 1)
        {
            _at += 2;
            return Make.Structure(NodeKind.Text, [], "d" + _tokens[_at - 1].Text) is { } ? Differential(_tokens[_at - 1].Text) : null;
        }
        _at++;
        if (name == "Delta" && Kind == TokenKind.Symbol)
        {
            name += Current.Text;
            _at++;
        }
        return Named(name);
    }

    private string _differential = "x";

    private Node Differential(string variable)
    {
        _differential = variable;
        return Make.One;
    }

    private Node? Named(string name)
    {
        if (Kind == TokenKind.Underscore) return Subscripted(name);
        while (Kind == TokenKind.Prime)
        {
            name += "'";
            _at++;
        }
        // f, g and h stand for functions: f(x) is an application; any other letter before a bracket is a factor
        if (name.TrimEnd('\'') is "f" or "g" or "h" or "F" or "G"
            && (Kind == TokenKind.OpenParen && Current.Text == "(" && !Current.SpaceBefore || Kind == TokenKind.OpenGroup && NextKind == TokenKind.OpenParen)) return Application(name);
        return Make.Symbol(name);
    }

    private Node? Application(string name)
    {
        if (Arguments() is not { } arguments) return null;
        return Made(Make.Apply(name, arguments));
    }

    private Node? Subscripted(string name)
    {
        if (Subscript() is not { } below) return Malformed();
        name += "_" + below;
        return Kind == TokenKind.OpenParen && Current.Text == "(" && !Current.SpaceBefore && name[0] is 'f' or 'g' ? Application(name) : Make.Symbol(name);
    }

    // the text of a subscript, without spaces and braces
    private string? Subscript()
    {
        _at++;
        if (Kind == TokenKind.End) return null;
        if (Kind != TokenKind.OpenGroup) return _tokens[_at++].Text;
        System.Text.StringBuilder name = new();
        int depth = 0;
        do
        {
            if (Kind == TokenKind.OpenGroup) depth++;
            else if (Kind == TokenKind.CloseGroup) depth--;
            else if (Kind == TokenKind.End) return null;
            else name.Append(Current.Text.AsSpan().Trim());
            _at++;
        }
        while (depth > 0);
        return name.ToString();
    }

    // \angle ABC, \triangle ABC
    private Node? Prefixed()
    {
        string name = Current.Text;
        _at++;
        while (Kind is TokenKind.Symbol or TokenKind.Constant)
        {
            name += Current.Text;
            _at++;
            if (Kind == TokenKind.Underscore)
            {
                if (Subscript() is not { } below) return Malformed();
                name += "_" + below;
            }
        }
        return Make.Symbol(name);
    }

    // \vec{a}, \overline{AB}, \mathbf{v}: the letters name one thing
    private Node? Decorated()
    {
        _at++;
        if (Kind is TokenKind.Symbol or TokenKind.Constant)
        {
            string letter = Current.Text;
            _at++;
            return Named(letter);
        }
        if (Kind == TokenKind.Number) return Primary();
        if (Kind != TokenKind.OpenGroup) return Malformed();
        int at = _at + 1;
        System.Text.StringBuilder name = new();
        while (_tokens[at].Kind is TokenKind.Symbol or TokenKind.Constant or TokenKind.Text or TokenKind.Word) name.Append(_tokens[at++].Text);
        if (name.Length == 0 || _tokens[at].Kind != TokenKind.CloseGroup) return Group();
        _at = at + 1;
        return Named(name.ToString());
    }

    private Node? Fraction()
    {
        _at++;
        if (Argument(out bool derivative) is not { } numerator) return null;
        if (derivative && Kind == TokenKind.OpenGroup && NextKind == TokenKind.Symbol && _tokens[_at + 1].Text == "d") return Derivative();
        if (Argument(out _) is not { } denominator) return null;
        return Made(Make.Divide(numerator, denominator));
    }

    // d/dx f: compared by form
    private Node? Derivative()
    {
        if (Group() is not { } below) return null;
        Node? body = Product();
        return body is null ? null : Made(Make.BigOperator("diff:" + (below.Items.Length > 1 ? below.Items[^1].Name : ""), [Make.Zero, Make.Zero, body]));
    }

    // one argument of a command: a group, or the next token; of a bare number only its first digit
    private Node? Argument(out bool differential)
    {
        differential = Kind == TokenKind.OpenGroup && NextKind == TokenKind.Symbol && _tokens[_at + 1].Text == "d" && _tokens[_at + 2].Kind == TokenKind.CloseGroup;
        if (Kind != TokenKind.Number)
        {
            Node? argument = Kind is TokenKind.Minus ? Unary() : Primary();
            return argument is null ? null : argument.Has(Traits.Structure) ? Malformed() : argument;
        }
        Token number = Current;
        if (number.Text.Length == 1)
        {
            _at++;
            return Make.Number(new BigRational(number.Text[0] - '0'));
        }
        if (number.Text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return Malformed();
        _tokens[_at] = number with { Text = number.Text[1..], Start = number.Start + 1, SpaceBefore = false };
        return Make.Number(new BigRational(number.Text[0] - '0'));
    }

    private Node? Root()
    {
        _at++;
        Node degree = Make.Two;
        if (Kind == TokenKind.OpenBracket)
        {
            _at++;
            Node? index = Sum();
            if (index is null) return null;
            if (Kind != TokenKind.CloseBracket || index.Has(Traits.Structure)) return Malformed();
            _at++;
            degree = index;
        }
        // \sqrt13 and √13 mean the root of thirteen: the whole number is taken, unlike in \frac13
        Node? radicand = Kind is TokenKind.Minus ? Unary() : Primary();
        if (radicand is null) return null;
        return radicand.Has(Traits.Structure) ? Malformed() : Made(Make.Root(radicand, degree));
    }

    private Node? Binomial()
    {
        _at++;
        if (Argument(out _) is not { } n || Argument(out _) is not { } k) return null;
        return Made(Make.Function("binomial", [n, k]));
    }
}
