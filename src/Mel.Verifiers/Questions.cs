namespace Mel.Verifiers;

/// <summary>What a question asks for.</summary>
internal static class Questions
{
    private const int NearestWords = 6;

    private static readonly string[] Asking =
    [
        "what", "which", "find", "calculate", "compute", "determine", "express", "write", "give", "estimate", "as", "nearest", "how", "what's",
    ];

    private static readonly string[] Chinese = ["百分之几", "百分之多少", "百分比", "百分率"];

    private static readonly string[] Breaks = ["if", "when", "after", "with", "where", "while", "and", "but", "that", "than"];

    /// <summary>
    /// Whether the question asks for a percentage: "what percent", "express as a percentage", "by how many percent". A percent sign behind a number is part of
    /// what is given and says nothing of the answer.
    /// </summary>
    public static bool AskForPercent(string question)
    {
        if (Array.Exists(Chinese, word => question.Contains(word, StringComparison.Ordinal))) return true;
        for (int at = 0; at < question.Length;)
        {
            int word = question.AsSpan(at).IndexOf("percent", StringComparison.OrdinalIgnoreCase), sign = question.AsSpan(at).IndexOf('%');
            int found = word < 0 ? sign : sign < 0 ? word : Math.Min(word, sign);
            if (found < 0) return false;
            at += found;
            if (IsAsked(question.AsSpan(0, at), question.AsSpan(at))) return true;
            at++;
        }
        return false;
    }

    private static bool IsAsked(ReadOnlySpan<char> before, ReadOnlySpan<char> behind)
    {
        before = before.TrimEnd(" \\$({");
        if (before.IsEmpty || char.IsAsciiDigit(before[^1]) || before[^1] == '}') return false;
        // "x percent": the number is the unknown
        if (char.IsAsciiLetter(before[^1]) && before[^1] is not 'a' && (before.Length == 1 || before[^2] is ' ' or '$')) return true;
        if (before.EndsWith(" in", StringComparison.OrdinalIgnoreCase)) return true;
        // "The percentage of ... is"
        bool ends = behind.TrimEnd(" $\\:?._").EndsWith(" is", StringComparison.Ordinal);
        for (int words = 0; words < NearestWords && !before.IsEmpty; words++)
        {
            int space = before.LastIndexOfAny(' ', '\n');
            ReadOnlySpan<char> word = before[(space + 1)..].Trim("\"'(*,");
            before = space < 0 ? default : before[..space];
            if (word.IsEmpty) continue;
            if (word[^1] is '.' or '?' or '!' || IsOneOf(Breaks, word)) break;
            if (IsOneOf(Asking, word)) return true;
        }
        return ends && behind.IndexOf(". ", StringComparison.Ordinal) < 0;
    }

    private static bool IsOneOf(string[] list, ReadOnlySpan<char> word)
    {
        foreach (string one in list)
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
