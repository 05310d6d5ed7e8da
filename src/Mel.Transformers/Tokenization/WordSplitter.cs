using System.Globalization;
using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Splits text into the words that byte-pair merges never cross, as the regular expression of the Qwen and Llama 3 tokenizer files does:
/// <code>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,d}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</code>
/// It walks characters rather than UTF-16 units, since .NET's own expressions know no letter or digit above U+FFFF. Time is linear in the text.
/// </summary>
/// <param name="digits">d: how many digits one word may hold (1 for Qwen, 3 for Llama 3).</param>
internal sealed class WordSplitter(int digits)
{
    private enum Kind : byte { Other, Letter, Number, Space, LineBreak }

    private static readonly Kind[] KindOfUnit = BuildKinds();

    /// <summary>The expression as tokenizer files write it.</summary>
    /// <param name="digits">1 or more digits per word.</param>
    public static string PatternFor(int digits)
        => @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + (digits == 1 ? "" : $"{{1,{digits}}}")
            + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>How many digits per word an expression allows, or null when it is none of those that are built.</summary>
    public static int? DigitsOf(string? pattern) => pattern == PatternFor(1) ? 1 : pattern == PatternFor(3) ? 3 : null;

    /// <summary>The end of the word that starts at an index.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="start">Where the word starts, inside the text.</param>
    public int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        int contraction = text[start] == '\'' ? Contraction(text[(start + 1)..]) : 0;
        if (contraction > 0) return start + 1 + contraction;

        Kind kind = KindAt(text, start, out int length);
        int next = start + length;
        if (kind == Kind.Letter) return Skip(text, next, Kind.Letter, int.MaxValue);
        if (kind == Kind.Number) return Skip(text, next, Kind.Number, digits - 1);

        bool last = next == text.Length;
        if (kind != Kind.LineBreak && !last && KindAt(text, next, out int following) == Kind.Letter)
            return Skip(text, next + following, Kind.Letter, int.MaxValue);
        if (kind == Kind.Other || (text[start] == ' ' && !last && KindAt(text, next, out _) == Kind.Other))
            return SkipLineBreaks(text, Skip(text, next, Kind.Other, int.MaxValue));
        return EndOfWhiteSpace(text, start);
    }

    /// <summary>
    /// A run of white space ends after its last line break; without one, before its last character where a word follows, so that "  a" is " " and " a".
    /// </summary>
    private static int EndOfWhiteSpace(ReadOnlySpan<char> text, int start)
    {
        int end = start, afterBreak = -1;
        for (; end < text.Length; end++)
        {
            Kind kind = KindOfUnit[text[end]];
            if (kind == Kind.LineBreak) afterBreak = end + 1;
            else if (kind != Kind.Space) break;
        }
        if (afterBreak >= 0) return afterBreak;
        return end == text.Length || end == start + 1 ? end : end - 1;
    }

    /// <summary>The length of a contraction's ending after the apostrophe, or 0. Case folding is Unicode's, in which U+017F is an s.</summary>
    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        char first = Fold(text[0]);
        if (first is 's' or 't' or 'm' or 'd') return 1;
        if (text.Length < 2) return 0;
        char second = Fold(text[1]);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 2 : 0;
    }

    private static char Fold(char c) => c == '\u017F' ? 's' : char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;

    private static int Skip(ReadOnlySpan<char> text, int index, Kind kind, int atMost)
    {
        for (int count = 0; count < atMost && index < text.Length && KindAt(text, index, out int length) == kind; count++) index += length;
        return index;
    }

    private static int SkipLineBreaks(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && text[index] is '\r' or '\n') index++;
        return index;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        char unit = text[index];
        if (!char.IsSurrogate(unit))
        {
            length = 1;
            return KindOfUnit[unit];
        }
        Rune.DecodeFromUtf16(text[index..], out Rune rune, out length);
        return KindOf(Rune.GetUnicodeCategory(rune));
    }

    private static Kind KindOf(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };

    private static Kind[] BuildKinds()
    {
        var kinds = new Kind[char.MaxValue + 1];
        for (int unit = 0; unit < kinds.Length; unit++)
            kinds[unit] = unit is '\r' or '\n' ? Kind.LineBreak : char.IsWhiteSpace((char)unit) ? Kind.Space : KindOf(char.GetUnicodeCategory((char)unit));
        return kinds;
    }
}
