using System.Globalization;
using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private const int LongestRepetend = 100;

    // 0.1\overline{6}, 0.\dot{1}4285\dot{7}
    private Node? Repeating(string digits)
    {
        if (Current.Text is not (Overline or "\u0307")) return null;
        int at = _at;
        if (Marked(ref at) is not { } repetend) return null;
        if (repetend.Length == 1)
        {
            // dots over the first and the last digit
            int last = at;
            string between = "";
            if (_tokens[last].Kind == TokenKind.Number && !_tokens[last].SpaceBefore) between = _tokens[last++].Text;
            if (_tokens[last].Kind == TokenKind.Decoration && Marked(ref last) is { Length: 1 } end)
            {
                repetend += between + end;
                at = last;
            }
        }
        if (repetend.Length > LongestRepetend || digits.Length > 400 || repetend.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return null;
        _at = at;
        return Repeated(digits, repetend);
    }

    // the digits under a mark, at its command
    private string? Marked(ref int at)
    {
        if (_tokens[at + 1].Kind == TokenKind.Number)
        {
            at += 2;
            return _tokens[at - 1].Text;
        }
        if (_tokens[at + 1].Kind != TokenKind.OpenGroup || _tokens[at + 2].Kind != TokenKind.Number
            || _tokens[at + 3].Kind != TokenKind.CloseGroup) return null;
        at += 4;
        return _tokens[at - 2].Text;
    }

    private static Node Repeated(string digits, string repetend)
    {
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int places = digits.Length - point - 1;
        BigRational start = new(BigInteger.Parse(digits.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), BigInteger.Pow(10, places));
        BigRational tail = new(BigInteger.Parse(repetend, CultureInfo.InvariantCulture),
            (BigInteger.Pow(10, repetend.Length) - 1) * BigInteger.Pow(10, places));
        return Nodes.Number(start + tail);
    }

    // 0.3636...: digits that come twice at least before the dots go on for ever; any other decimal with dots is no number
    private Node? Periodic(string digits)
    {
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || digits.Length > 400 || !(Closes(NextKind) || NextKind is TokenKind.Relation or TokenKind.Percent or TokenKind.Degree)) return null;
        ReadOnlySpan<char> places = digits.AsSpan(point + 1);
        if (places.IndexOfAnyExceptInRange('0', '9') >= 0 || places.StartsWith("71828182")) return null;
        for (int length = 1; 2 * length <= places.Length && length <= LongestRepetend; length++)
        {
            int repeats = 1;
            ReadOnlySpan<char> period = places[^length..];
            while ((repeats + 1) * length <= places.Length && places[^((repeats + 1) * length)..^(repeats * length)].SequenceEqual(period)) repeats++;
            int before = places.Length - repeats * length;
            if (repeats < 2 || before > 3 || length == 1 && repeats == 2 && before > 1) continue;
            _at++;
            return Repeated(digits[..(point + 1 + before)], period.ToString());
        }
        return null;
    }

    // "9 2 0 0": four digits or more that stand one by one are one number
    private string? SpacedDigits(string first)
    {
        int at = _at;
        if (first.Length != 1) return null;
        while (_tokens[at] is { Kind: TokenKind.Number, SpaceBefore: true, Text.Length: 1 }) at++;
        if (at - _at < 3 || !(Closes(_tokens[at].Kind) || _tokens[at].Kind is TokenKind.Relation)) return null;
        System.Text.StringBuilder digits = new(first);
        for (; _at < at; _at++) digits.Append(Current.Text);
        return digits.ToString();
    }
}
