using System.Globalization;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Upper and lower case.</summary>
internal static class TextCase
{
    // Letters whose other case is several letters, or another one than the invariant culture has: the letter, then what it becomes.
    private const string ManyUpper =
        "ßSS ŉʼN ǰJ̌ ΐΪ́ ΰΫ́ ևԵՒ ẖH̱ ẗT̈ ẘW̊ ẙY̊ ẚAʾ ﬀFF ﬁFI ﬂFL ﬃFFI ﬄFFL ﬅST ﬆST ıI ſS";

    // Two letters in one, with a form of its own for the start of a word: upper, title and lower case of each.
    private const string Digraphs = "ǄǅǆǇǈǉǊǋǌǱǲǳ";

    private static readonly Dictionary<char, string> Uppers = ManyUpper.Split(' ').ToDictionary(entry => entry[0], entry => entry[1..]);

    public static string Upper(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\x7f')) return text.ToUpperInvariant();
        if (!text.Any(Uppers.ContainsKey)) return text.ToUpperInvariant();
        var written = new StringBuilder();
        foreach (char c in text) written.Append(Uppers.TryGetValue(c, out string? several) ? several : c.ToString());
        return written.ToString().ToUpperInvariant();
    }

    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant();
        if (!text.AsSpan().ContainsAny('Σ', 'İ', 'ẞ')) return lower;
        var written = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            written.Append(text[i] switch
            {
                'Σ' => IsFinal(text, i) ? "ς" : "σ",
                'İ' => "i̇",
                'ẞ' => "ß",
                _ => lower[i].ToString(),
            });
        }

        return written.ToString();
    }

    /// <summary>The text as it is compared without regard to case.</summary>
    public static string Fold(string text)
        => Lower(text).Replace("ß", "ss", StringComparison.Ordinal).Replace("ς", "σ", StringComparison.Ordinal).Replace("ſ", "s", StringComparison.Ordinal)
            .Replace("ﬁ", "fi", StringComparison.Ordinal).Replace("ﬂ", "fl", StringComparison.Ordinal).Replace("µ", "μ", StringComparison.Ordinal);

    public static string Capitalize(string text) => text.Length == 0 ? "" : Each(text, first: true);

    /// <summary>Every run of letters with a large first one.</summary>
    public static string Title(string text)
    {
        var written = new StringBuilder();
        bool inWord = false;
        foreach (string point in CodePoints.Each(text))
        {
            written.Append(inWord ? point.ToLowerInvariant() : Head(point));
            inWord = IsCased(point);
        }

        return written.ToString();
    }

    public static string Swap(string text)
    {
        var written = new StringBuilder();
        foreach (string point in CodePoints.Each(text)) written.Append(IsUpper(point) ? Lower(point) : IsLower(point) ? Upper(point) : point);
        return written.ToString();
    }

    /// <summary>Whether all letters that have a case have this one, and there is one.</summary>
    public static bool IsAll(string text, bool upper)
    {
        bool any = false;
        foreach (string point in CodePoints.Each(text))
        {
            if (upper ? IsLower(point) || IsTitleLetter(point) : IsUpper(point) || IsTitleLetter(point)) return false;
            any |= upper ? IsUpper(point) : IsLower(point);
        }

        return any;
    }

    public static bool IsTitle(string text)
    {
        bool any = false, inWord = false;
        foreach (string point in CodePoints.Each(text))
        {
            bool large = IsUpper(point) || IsTitleLetter(point);
            if (large && inWord) return false;
            if (IsLower(point) && !inWord) return false;
            inWord = IsCased(point);
            any |= inWord;
        }

        return any;
    }

    private static string Each(string text, bool first)
    {
        string head = CodePoints.Each(text).First();
        return (first ? Head(head) : head) + Lower(text[head.Length..]);
    }

    private static string Head(string point)
    {
        if (Digraphs.IndexOf(point[0], StringComparison.Ordinal) is >= 0 and var place) return Digraphs[(place / 3 * 3) + 1].ToString();
        string upper = Upper(point);
        return upper.Length == point.Length ? upper : upper[..1] + upper[1..].ToLowerInvariant();
    }

    private static bool IsFinal(string text, int place)
    {
        int before = place - 1, after = place + 1;
        while (before >= 0 && IsIgnorable(text[before])) before--;
        while (after < text.Length && IsIgnorable(text[after])) after++;
        return before >= 0 && IsCased(text[before].ToString()) && !(after < text.Length && IsCased(text[after].ToString()));
    }

    private static bool IsIgnorable(char c)
        => c is '\'' or '.' or ':' or '·' or '’' or '\u00AD' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static bool IsCased(string point) => IsUpper(point) || IsLower(point) || IsTitleLetter(point);

    private static bool IsTitleLetter(string point) => CodePoints.Category(point) == UnicodeCategory.TitlecaseLetter;

    private static bool IsUpper(string point)
        => CodePoints.Category(point) == UnicodeCategory.UppercaseLetter || point[0] is >= 'Ⅰ' and <= 'Ⅿ' or >= 'Ⓐ' and <= 'Ⓩ';

    private static bool IsLower(string point)
        => CodePoints.Category(point) == UnicodeCategory.LowercaseLetter || point[0] is 'ª' or 'º' or >= 'ⅰ' and <= 'ⅿ' or >= 'ⓐ' and <= 'ⓩ'
        or >= 'ʰ' and <= 'ʸ';
}

/// <summary>Kinds of characters.</summary>
internal static class TextKinds
{
    public static bool IsLetter(string point) => CodePoints.Category(point) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    public static bool IsDecimal(string point) => CodePoints.Category(point) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(string point) => CharUnicodeInfo.GetDigitValue(point, 0) >= 0;

    public static bool IsNumeric(string point) => CharUnicodeInfo.GetNumericValue(point, 0) != -1 || CodePoints.Category(point) == UnicodeCategory.LetterNumber
        || "〇一二三四五六七八九十百千万億兆零".Contains(point, StringComparison.Ordinal);

    public static bool IsAlphanumeric(string point) => IsLetter(point) || IsDigit(point) || IsNumeric(point);

    public static bool IsIdentifier(string text)
    {
        bool first = true;
        foreach (string point in CodePoints.Each(text))
        {
            if (!(IsStart(point) || (!first && IsPart(point)))) return false;
            first = false;
        }

        return !first;
    }

    private static bool IsStart(string point) => point == "_" || IsLetter(point) || CodePoints.Category(point) == UnicodeCategory.LetterNumber;

    private static bool IsPart(string point) => CodePoints.Category(point) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;
}
