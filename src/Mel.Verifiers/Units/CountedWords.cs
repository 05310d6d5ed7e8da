using System.Collections.Frozen;

namespace Mel.Verifiers.Units;

/// <summary>
/// Words behind a number that are no unit: what they count, what they add to the meaning, and which of them make a phrase that cannot be read.
/// </summary>
internal static class CountedWords
{
    private static readonly FrozenSet<string> Idle = Words(
        "a an the of in total totals altogether all overall each apiece th st nd rd long tall wide high deep away old this that these those number exactly "
        + "only just per for every there here any approximately");

    // a denial, a comparison, a choice or a condition: the number is not what is said
    private static readonly FrozenSet<string> Unreadable = Words(
        "is isn are aren was were be been not no nor wrong incorrect false true correct or and maybe perhaps possibly probably likely might may could would "
        + "should either neither both except unless but otherwise if when whenever then than else least most something anything nothing about "
        + "around almost nearly roughly over under minus plus divided by to from until through between remainder versus vs ratio equals equal "
        + "question answer unknown guess think at on by so we it its with from be factorial factorials double doubled twice triple tripled thrice halved "
        + "score mod modulo reciprocal inverse complement opposite negated lies fail fails failed zero one two three four five six seven eight nine ten");

    private static readonly FrozenSet<string> Parity = Words("odd even");

    private static readonly FrozenSet<string> Signs = Words("positive negative nonnegative nonpositive natural prime some all");

    private static readonly FrozenSet<string> Required = Words(
        "am pm noon midnight morning afternoon evening january february march april jan feb mar apr june july august september october november december jun "
        + "jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday north south east west northeast northwest southeast southwest "
        + "n s e w ne nw se sw bc ad bce ce");

    public static bool IsIdle(string word) => Idle.Contains(word);

    public static bool IsUnreadable(string word) => Unreadable.Contains(word);

    /// <summary>A word that names a different set of numbers, so that neither side may lack it: n odd is not n.</summary>
    public static bool Restricts(string word) => Parity.Contains(word);

    /// <summary>A word that narrows a condition where the other side names a condition too: positive integers k against integers k.</summary>
    public static bool Narrows(string word) => Parity.Contains(word) || Signs.Contains(word);

    /// <summary>A word that a gold's answer must repeat: a half of the day, a month, a direction.</summary>
    public static bool IsRequired(string word) => Parity.Contains(word) || Required.Contains(word) || word is "may";

    /// <summary>One form for singular and plural, in lower case.</summary>
    public static string Stem(string word)
    {
        string lower = word.ToLowerInvariant();
        return lower switch
        {
            "people" or "persons" => "person",
            "men" => "man",
            "women" => "woman",
            "children" => "child",
            _ when lower.Length > 4 && lower.EndsWith("ies", StringComparison.Ordinal) => lower[..^3] + "y",
            _ when lower.Length > 4 && (lower.EndsWith("xes", StringComparison.Ordinal) || lower.EndsWith("ches", StringComparison.Ordinal)
                || lower.EndsWith("shes", StringComparison.Ordinal) || lower.EndsWith("sses", StringComparison.Ordinal)) => lower[..^2],
            _ when lower.Length > 3 && lower[^1] == 's' && lower[^2] != 's' => lower[..^1],
            _ => lower,
        };
    }

    /// <summary>Whether two lists of words can describe one thing: one says all that the other says.</summary>
    public static bool Agree(IReadOnlyList<string> a, IReadOnlyList<string> b)
        => a.Count == 0 || b.Count == 0 || a.All(b.Contains) || b.All(a.Contains);

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
