using System.Globalization;
using static System.Globalization.UnicodeCategory;

namespace Mel.Transformers.Expressions;

/// <summary>What the classes and property names of expressions stand for.</summary>
internal static class UnicodeProperties
{
    private static readonly Dictionary<string, uint> Categories = BuildCategories();

    /// <summary>White space: what <c>\s</c> stands for.</summary>
    public static bool IsWhiteSpace(int c) => c <= char.MaxValue && char.IsWhiteSpace((char)c);

    /// <summary>A decimal digit of any script: what <c>\d</c> stands for.</summary>
    public static bool IsDigit(int c) => In(c, DecimalDigitNumber);

    /// <summary>Any number, such as a digit, a Roman numeral or a fraction: <c>\p{N}</c>.</summary>
    public static bool IsNumber(int c) => In(c, DecimalDigitNumber, LetterNumber, OtherNumber);

    /// <summary>A letter, a mark, a digit, a letter in a circle, or a connector: what <c>\w</c> stands for in brackets.</summary>
    public static bool IsLetterOrDigit(int c)
        => In(c, UppercaseLetter, LowercaseLetter, TitlecaseLetter, ModifierLetter, OtherLetter, NonSpacingMark, SpacingCombiningMark, EnclosingMark,
                DecimalDigitNumber, LetterNumber, ConnectorPunctuation)
            || c is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>A word's character as the Unicode standard has it, a joiner among them.</summary>
    public static bool IsWord(int c) => IsLetterOrDigit(c) || c is 0x200C or 0x200D;

    /// <summary>What <c>\w</c> stands for in Oniguruma outside of brackets: no joiners, but the superscripts and fractions of Latin-1.</summary>
    public static bool IsBareWord(int c) => IsLetterOrDigit(c) || c is 0xB2 or 0xB3 or 0xB9 or (>= 0xBC and <= 0xBE);

    /// <summary>ASCII punctuation and symbols, and punctuation of every other script.</summary>
    public static bool IsPunctuation(int c)
        => c < 128 ? char.IsAscii((char)c) && (char.IsPunctuation((char)c) || char.IsSymbol((char)c))
            : In(c, ConnectorPunctuation, DashPunctuation, OpenPunctuation, ClosePunctuation, InitialQuotePunctuation, FinalQuotePunctuation, OtherPunctuation);

    /// <summary>A mark that combines with the character before it.</summary>
    public static bool IsMark(int c) => In(c, NonSpacingMark, SpacingCombiningMark, EnclosingMark);

    /// <summary>A Chinese character; the ranges are those of the Unicode script Han.</summary>
    public static bool IsHan(int c)
        => c is (>= 0x2E80 and <= 0x2E99) or (>= 0x2E9B and <= 0x2EF3) or (>= 0x2F00 and <= 0x2FD5) or 0x3005 or 0x3007 or (>= 0x3021 and <= 0x3029)
            or (>= 0x3038 and <= 0x303B) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFA6D)
            or (>= 0xFA70 and <= 0xFAD9) or 0x16FE2 or 0x16FE3 or 0x16FF0 or 0x16FF1 or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B739)
            or (>= 0x2B740 and <= 0x2B81D) or (>= 0x2B820 and <= 0x2CEA1) or (>= 0x2CEB0 and <= 0x2EBE0) or (>= 0x2EBF0 and <= 0x2EE5D)
            or (>= 0x2F800 and <= 0x2FA1D) or (>= 0x30000 and <= 0x3134A) or (>= 0x31350 and <= 0x323AF);

    /// <summary>
    /// The characters that a property's name stands for, as in <c>\p{Lu}</c>: a general category or a group of them by its short or long name, or Han.
    /// </summary>
    /// <exception cref="ExpressionException">It is none of these.</exception>
    public static Func<int, bool> Named(string name)
    {
        string key = name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
            .ToLowerInvariant();
        if (key == "han") return IsHan;
        if (!Categories.TryGetValue(key, out uint mask))
            throw new ExpressionException($"the property '{name}' is not supported; general categories such as L, Lu or Number are, and Han");
        return c => (mask >> (int)CharUnicodeInfo.GetUnicodeCategory(c) & 1) != 0;
    }

    private static bool In(int c, params ReadOnlySpan<UnicodeCategory> categories) => categories.Contains(CharUnicodeInfo.GetUnicodeCategory(c));

    private static Dictionary<string, uint> BuildCategories()
    {
        (string Short, string Long, UnicodeCategory Category)[] all =
        [
            ("lu", "uppercaseletter", UppercaseLetter), ("ll", "lowercaseletter", LowercaseLetter), ("lt", "titlecaseletter", TitlecaseLetter),
            ("lm", "modifierletter", ModifierLetter), ("lo", "otherletter", OtherLetter),
            ("mn", "nonspacingmark", NonSpacingMark), ("mc", "spacingmark", SpacingCombiningMark), ("me", "enclosingmark", EnclosingMark),
            ("nd", "decimalnumber", DecimalDigitNumber), ("nl", "letternumber", LetterNumber), ("no", "othernumber", OtherNumber),
            ("pc", "connectorpunctuation", ConnectorPunctuation), ("pd", "dashpunctuation", DashPunctuation), ("ps", "openpunctuation", OpenPunctuation),
            ("pe", "closepunctuation", ClosePunctuation), ("pi", "initialpunctuation", InitialQuotePunctuation),
            ("pf", "finalpunctuation", FinalQuotePunctuation), ("po", "otherpunctuation", OtherPunctuation),
            ("sm", "mathsymbol", MathSymbol), ("sc", "currencysymbol", CurrencySymbol), ("sk", "modifiersymbol", ModifierSymbol),
            ("so", "othersymbol", OtherSymbol),
            ("zs", "spaceseparator", SpaceSeparator), ("zl", "lineseparator", LineSeparator), ("zp", "paragraphseparator", ParagraphSeparator),
            ("cc", "control", Control), ("cf", "format", Format), ("co", "privateuse", PrivateUse), ("cs", "surrogate", Surrogate),
            ("cn", "unassigned", OtherNotAssigned),
        ];
        (char Letter, string Name)[] groups =
            [('l', "letter"), ('m', "mark"), ('n', "number"), ('p', "punctuation"), ('s', "symbol"), ('z', "separator"), ('c', "other")];
        var masks = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach ((string brief, string full, UnicodeCategory category) in all) masks[brief] = masks[full] = 1u << (int)category;
        foreach ((char letter, string name) in groups)
            masks[letter.ToString()] = masks[name] = all.Where(e => e.Short[0] == letter).Aggregate(0u, (mask, e) => mask | masks[e.Short]);
        return masks;
    }
}
