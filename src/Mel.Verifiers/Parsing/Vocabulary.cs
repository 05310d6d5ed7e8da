using System.Collections.Frozen;

namespace Mel.Verifiers.Parsing;

/// <summary>Small words of prose, and the rule that tells a word from a product of letters.</summary>
internal static class Vocabulary
{
    private static readonly FrozenSet<string> SmallWords = (
        "is are was were the for of to if no yes not so we be by on at it its an all but than then when with from per each any odd "
        + "even none zero one two three four five six seven eight nine ten only where since because there that this these those have "
        + "has given such must can will respectively approximately about both either neither forty almost first below most cost best empty lost")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NoteWords = "where since because for when if with such given assuming as provided which, namely hence so"
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A word that begins a remark after the answer: "42 (since x &gt; 0)", "f(x) = ax, where a is real".</summary>
    public static bool BeginsNote(string word) => NoteWords.Contains(word);

    /// <summary>
    /// Whether a run of letters is a word rather than a product of variables: a small word, or four letters with a vowel that are not in alphabetical order.
    /// </summary>
    public static bool LooksLikeWord(ReadOnlySpan<char> run)
    {
        if (run.Length < 2) return false;
        if (run[1..].IndexOfAnyExceptInRange('a', 'z') < 0 && SmallWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(run)) return true;
        if (run.Length < 4) return false;
        bool vowel = false, rising = true, lower = true;
        for (int i = 0; i < run.Length; i++)
        {
            char c = char.ToLowerInvariant(run[i]);
            vowel |= c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
            rising &= i == 0 || c > char.ToLowerInvariant(run[i - 1]);
            lower &= i == 0 || char.IsLower(run[i]);
        }
        return vowel && lower && !rising;
    }
}
