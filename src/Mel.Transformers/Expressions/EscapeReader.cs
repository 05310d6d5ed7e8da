using System.Globalization;
using System.Text;

namespace Mel.Transformers.Expressions;

/// <summary>Reads single characters and escapes, which mean the same inside and outside of brackets.</summary>
/// <param name="pattern">The expression.</param>
internal sealed class EscapeReader(string pattern)
{
    /// <summary>Reads a character that stands for itself.</summary>
    public Func<int, bool> Literal(ref int at, bool ignoreCase) => Exactly(Character(ref at), ignoreCase);

    /// <summary>Reads a character that stands for itself, as a code point.</summary>
    public int Character(ref int at)
    {
        if (Rune.DecodeFromUtf16(pattern.AsSpan(at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            throw new ExpressionException($"half a surrogate pair at {at}");
        at += length;
        return rune.Value;
    }

    /// <summary>The set of one character.</summary>
    public static Func<int, bool> Exactly(int character, bool ignoreCase)
    {
        if (ignoreCase) CaseFolding.Require(character);
        Func<int, bool> exactly = c => c == character;
        return ignoreCase ? CaseFolding.Of(exactly) : exactly;
    }

    /// <summary>Reads an escape, from the backslash on.</summary>
    /// <param name="at">Where the backslash is; moves behind the escape.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    /// <param name="inBrackets">Whether it stands in a class.</param>
    /// <param name="character">The character, where the escape stands for one, and otherwise -1.</param>
    public Func<int, bool> Read(ref int at, bool ignoreCase, bool inBrackets, out int character)
    {
        int start = at++;
        if (at == pattern.Length) throw new ExpressionException("a backslash at the end");
        character = -1;
        char c = pattern[at++];
        switch (c)
        {
            case 's': return UnicodeProperties.IsWhiteSpace;
            case 'S': return other => !UnicodeProperties.IsWhiteSpace(other);
            case 'd': return UnicodeProperties.IsDigit;
            case 'D': return other => !UnicodeProperties.IsDigit(other);
            case 'w': return inBrackets ? UnicodeProperties.IsLetterOrDigit : UnicodeProperties.IsBareWord;
            case 'W': return inBrackets ? other => !UnicodeProperties.IsLetterOrDigit(other) : other => !UnicodeProperties.IsBareWord(other);
            case 'p' or 'P': return Property(ref at, c == 'P', ignoreCase);
            default:
                at--;
                character = Single(ref at, start);
                return Exactly(character, ignoreCase);
        }
    }

    private int Single(ref int at, int start)
    {
        char c = pattern[at];
        if (!char.IsAsciiLetterOrDigit(c)) return Character(ref at);
        at++;
        return c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            'u' => Hexadecimal(ref at, 4, 4, start),
            'x' when at < pattern.Length && pattern[at] == '{' => Braced(ref at, start),
            'x' => Byte(ref at, start),
            _ => throw new ExpressionException($"'\\{c}' at {start}"),
        };
    }

    private int Byte(ref int at, int start)
    {
        int value = Hexadecimal(ref at, 1, 2, start);
        // Beyond ASCII it would be a byte of a character's UTF-8 form.
        return value < 128 ? value : throw new ExpressionException($"'\\x{value:X2}' at {start}");
    }

    private int Braced(ref int at, int start)
    {
        at++;
        int value = Hexadecimal(ref at, 1, 8, start);
        if (at == pattern.Length || pattern[at++] != '}') throw new ExpressionException($"'\\x{{' at {start} without '}}'");
        return value;
    }

    private int Hexadecimal(ref int at, int least, int most, int start)
    {
        int end = at;
        while (end < pattern.Length && end - at < most && char.IsAsciiHexDigit(pattern[end])) end++;
        if (end - at < least || !int.TryParse(pattern.AsSpan(at, end - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int value) ||
            !Rune.IsValid(value)) throw new ExpressionException($"an escape at {start} that names no character");
        at = end;
        return value;
    }

    private Func<int, bool> Property(ref int at, bool negative, bool ignoreCase)
    {
        int close = at < pattern.Length && pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        if (close < 0 || close - at > 64) throw new ExpressionException($"'\\p' at {at} without a name in braces");
        string name = pattern[(at + 1)..close];
        at = close + 1;
        if (name.StartsWith('^')) (name, negative) = (name[1..], !negative);
        if (ignoreCase && name.TrimStart() is [var first, var second, ..] && first is 'L' or 'l' or 'U' or 'u' or 'T' or 't' && !IsLetters(name))
            throw new ExpressionException($"'\\p{{{name}}}' where upper and lower case are the same");
        Func<int, bool> named = UnicodeProperties.Named(name);
        return negative ? c => !named(c) : named;
    }

    private static bool IsLetters(string name) => name is "L" or "Letter" or "Lm" or "Lo";
}
