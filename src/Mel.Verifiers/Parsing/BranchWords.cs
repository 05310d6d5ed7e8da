using System.Collections.Frozen;

namespace Mel.Verifiers.Parsing;

/// <summary>The words that lead to the condition of a branch, and conditions that are words.</summary>
internal static class BranchWords
{
    /// <summary>The condition that holds where no other does.</summary>
    public const string Otherwise = "otherwise";

    private static readonly FrozenSet<string> Leads = "if for when where whenever provided unless otherwise else elsewhere"
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Fillers = "all any every each that we have".Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Silent = "is are be an a the".Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a text begins the condition of a branch.</summary>
    public static bool Begins(string text) => Leads.Contains(FirstWord(text).ToString());

    private static bool IsOtherwise(string text) => FirstWord(text) is var first
        && (first.Equals("otherwise", StringComparison.OrdinalIgnoreCase) || first.Equals("else", StringComparison.OrdinalIgnoreCase)
            || first.Equals("elsewhere", StringComparison.OrdinalIgnoreCase));

    /// <summary>The text without the words that only lead to a condition: "if n is even" is "n is even". "Unless" and "otherwise" stay.</summary>
    public static string WithoutLead(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim(" .,:");
        while (rest.Length > 0)
        {
            int space = rest.IndexOf(' ');
            string word = (space < 0 ? rest : rest[..space]).ToString();
            bool lead = Leads.Contains(word) && !IsOtherwise(word) && !word.Equals("unless", StringComparison.OrdinalIgnoreCase);
            if (!lead && !Fillers.Contains(word)) break;
            rest = space < 0 ? default : rest[(space + 1)..].TrimStart();
        }
        return rest.ToString();
    }

    /// <summary>A condition in words, without the small ones: "n is an even integer" and "n is even" are "n even".</summary>
    public static string Normalized(string words)
    {
        List<string> kept = [.. words.Split([' ', ',', '.', ':', ';', '$', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(static w => !Silent.Contains(w) || w is "a")
            .Select(static w => w.Length == 1 ? w : w.ToLowerInvariant())];
        if (kept.Count > 1) kept.RemoveAll(static w => w is "a");
        if (kept.Count > 0 && IsOtherwise(kept[0]) || kept is ["in", "all", "other", "cases"] or ["in", "other", "cases"] or ["other", ..]) return Otherwise;
        int parity = kept.FindIndex(static w => w is "even" or "odd");
        if (parity < 0) return string.Join(' ', kept);
        kept.RemoveAll(static w => w is "integer" or "integers" or "number" or "numbers" or "natural");
        return kept.Count == 2 && kept[0] is "even" or "odd" ? kept[1] + " " + kept[0] : string.Join(' ', kept);
    }

    private static ReadOnlySpan<char> FirstWord(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimStart(" ,(");
        int end = 0;
        while (end < trimmed.Length && char.IsLetter(trimmed[end])) end++;
        return trimmed[..end];
    }
}
