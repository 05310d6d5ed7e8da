using System.Globalization;
using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private Node? NumberLiteral()
    {
        Token first = Current;
        string digits = first.Text;
        _at++;
        if (SpacedDigits(digits) is { } spaced) return Literal(spaced);
        bool grouped = false;
        bool insideRun = _at > 2 && _tokens[_at - 2].Kind == TokenKind.Comma && !first.SpaceBefore && !_tokens[_at - 2].SpaceBefore
            && _tokens[_at - 3].Kind == TokenKind.Number;
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
        if (Kind == TokenKind.Decoration && digits.Contains('.', StringComparison.Ordinal) && Repeating(digits) is { } repeating) return repeating;
        if (Kind == TokenKind.Ellipsis && Periodic(digits) is { } periodic) return periodic;
        if (Literal(digits) is not { } number) return Exceeded();
        if (Kind == TokenKind.Underscore && number.Value.IsInteger) return Based(digits);
        if (PlainCombination(number) is { } combination) return combination;
        if (!grouped && number.Decimals < 0 && MixedFraction() is { } fractionPart) return Made(Nodes.Number(number.Value + fractionPart));
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

    private const int LargestExponent = 1_000_000_000;

    private static Node? Literal(string digits)
    {
        int exponentAt = digits.AsSpan().IndexOfAny('e', 'E');
        int exponent = 0;
        if (exponentAt >= 0)
        {
            if (!int.TryParse(digits.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                || exponent is < -LargestExponent or > LargestExponent) return null;
            digits = digits[..exponentAt];
        }
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int places = point < 0 ? 0 : digits.Length - point - 1;
        BigInteger mantissa = point < 0 && digits.Length < 10
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : BigInteger.Parse(point < 0 ? digits : string.Concat(digits.AsSpan(0, point), digits.AsSpan(point + 1)), NumberStyles.None,
            CultureInfo.InvariantCulture);
        if (exponent == 0)
            return places == 0 ? Nodes.Number(new BigRational(mantissa), point < 0 ? -1 : 0)
                : Nodes.Number(new BigRational(mantissa, BigInteger.Pow(10, places)), places);
        if (Math.Abs(exponent) <= 500)
        {
            BigRational value = new BigRational(mantissa) * BigRational.PowerOfTen(exponent - places);
            return new Node(NodeKind.Number, [], "", value, places > 0 ? Traits.Decimal : Traits.None);
        }
        Node power = Nodes.Pow(Nodes.Number(new BigRational(10)), Nodes.Number(new BigRational(exponent - places)));
        return Nodes.Mul([Nodes.Number(new BigRational(mantissa)), power]);
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
        text = text.Trim('(', ')');
        int radix = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed
            : Array.IndexOf(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], text.ToLowerInvariant()) is >= 0 and int index
            ? index + 2 : 0;
        if (radix is < 2 or > 36)
        {
            _at = mark;
            return Malformed();
        }
        BigInteger value = BigInteger.Zero;
        foreach (char c in digits)
        {
            if (c < '0' || c - '0' >= radix) return Malformed();
            value = value * radix + (c - '0');
        }
        return Made(Nodes.Based(new BigRational(value), digits, radix));
    }
}
