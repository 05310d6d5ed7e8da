using System.Globalization;
using System.Text;
using Mel.Runtime;

namespace Mel.Data.Checks;

/// <summary>
/// A question as the search for overlaps sees it: its words, without case, punctuation, brackets, white space or the form of a character. A word is a run of
/// letters or a run of digits. A letter without case (Chinese, ...) and a sign of an operation are words of their own.
/// </summary>
internal static class Words
{
    private const ulong Base = 0x9E3779B97F4A7C15;

    /// <summary>A number of 64 bits for every word, the same for the same word.</summary>
    public static List<ulong> Of(string text)
    {
        List<ulong> words = [];
        ulong word = 0;
        int last = 0;
        foreach (Rune rune in Folded(text).EnumerateRunes())
        {
            int kind = KindOf(rune);
            if (word != 0 && (kind != last || kind >= 3)) Add();
            if (kind != 0) word = SplitMix64.Mix(word + (ulong)rune.Value + Base);
            last = kind;
        }

        if (word != 0) Add();
        return words;

        void Add()
        {
            words.Add(word);
            word = 0;
        }
    }

    /// <summary>A number for a sequence of words.</summary>
    public static ulong Hash(IEnumerable<ulong> words)
    {
        ulong hash = Base;
        foreach (ulong word in words) hash = SplitMix64.Mix(hash ^ word);
        return hash;
    }

    /// <summary>A number for every sequence of a length among the words, in order.</summary>
    public static IEnumerable<ulong> Sequences(IReadOnlyList<ulong> words, int length)
    {
        ulong leading = 1, hash = 0;
        for (int i = 1; i < length; i++) leading *= Base;
        for (int i = 0; i < words.Count; i++)
        {
            if (i >= length) hash -= words[i - length] * leading;
            hash = (hash * Base) + words[i];
            if (i >= length - 1) yield return hash;
        }
    }

    private static string Folded(string text)
    {
        // A lone half of a pair has no normal form.
        string sound = text.EnumerateRunes().Any(r => r.Value == 0xFFFD) ? string.Concat(text.EnumerateRunes().Select(r => r.ToString())) : text;
        return sound.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
    }

    private static int KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.OtherLetter => 3,
        UnicodeCategory.MathSymbol or UnicodeCategory.DashPunctuation => 4,
        UnicodeCategory.OtherPunctuation or UnicodeCategory.ModifierSymbol when rune.Value is '*' or '/' or '^' or '!' or '%' => 4,
        UnicodeCategory.DecimalDigitNumber => 2,
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter => 1,
        _ => 0,
    };
}
