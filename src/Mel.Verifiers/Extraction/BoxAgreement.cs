using System.Collections.Frozen;

namespace Mel.Verifiers.Extraction;

/// <summary>Whether the boxes of a text give one answer, and whether the words around the last one take it back.</summary>
internal static class BoxAgreement
{
    private const int MostComparisons = 16;
    // more boxes than any response with an answer has
    private const int MostBoxes = 4096;
    private const int MostAround = 64;
    private const int LongestCompared = 1000;

    // what stands in a box of the plan or of the instructions
    private static readonly FrozenSet<string> Placeholders = ("answer|final answer|your answer|the answer|result|value|number|solution|...|"
        + "\\ldots|\\dots|\\cdots|?|\\square|\\Box|\\_\\_|___|…|\\text{answer}|\\text{final answer}|\\text{your answer}|\\text{result}|\\cdot|\\ |~")
        .Split('|').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Denials =
    [
        "not", "n't", "n't be", "cannot be", "not be", "never", "never be", "other than", "anything but", "neither", "nor",
    ];

    private static readonly string[] Doubts =
    [
        "maybe", "perhaps", "possibly", "(maybe", "(perhaps", "(possibly", "(or ", "but maybe", "but perhaps", "but possibly", "but it might",
        "but it may", "but it could", "is wrong", "is incorrect", "is not ", "is false", "isn't ", "might be", "may be", "could be", "or else", "or maybe",
        "or perhaps", "or possibly", "or something", "or another", "or some ", "unless ", "otherwise ",
    ];

    private static readonly string[] SameAgain = ["equivalently", "about", "approximately", "roughly", "simply", "in ", "as "];

    /// <summary>An empty box, or one that only says where the answer goes.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<char> content)
        => content.IsEmpty || content.Length <= 24 && Placeholders.GetAlternateLookup<ReadOnlySpan<char>>().Contains(content);

    /// <summary>Whether a box before the last group has another value than the group as a whole and than each of its members.</summary>
    public static bool Disagree(string text, int start, List<Box> group, string answer, Reading reading)
    {
        Box first = group[0], last = group[^1];
        int boxes = 0, comparisons = 0, around = 0, at = start;
        while (BoxScanner.Next(text, at, start, first.Start) is { } box && box.Start < first.Start)
        {
            if (box.End >= text.Length || ++boxes > MostBoxes) return true;
            // the box around the last one holds it, and does not disagree
            at = box.End >= last.End ? box.ContentStart : box.End;
            if (box.End >= last.End && ++around <= MostAround) continue;
            ReadOnlySpan<char> content = box.Content(text);
            if (SameText(content, answer) || HoldsSame(text, group, content) || IsPlaceholder(content)) continue;
            if (++comparisons > MostComparisons || content.Length > LongestCompared || answer.Length > LongestCompared) return true;
            string other = content.ToString();
            if (reading.SameValue?.Invoke(other, answer) == true) continue;
            if (group.Count == 1 || !group.Exists(b => reading.SameValue?.Invoke(other, b.Content(text).ToString()) == true)) return true;
        }
        return false;
    }

    /// <summary>Whether the words beside the box deny it or offer another answer: "not \boxed{5}", "\boxed{5} or maybe 6".</summary>
    public static bool IsRetracted(string text, int start, int boxStart, int boxEnd, int end)
    {
        if (IsDenied(text.AsSpan(start, boxStart - start))) return true;
        ReadOnlySpan<char> behind = text.AsSpan(boxEnd, Math.Min(end - boxEnd, 60)).TrimStart(" $\\)]}*,~");
        foreach (string doubt in Doubts)
            if (behind.StartsWith(doubt, StringComparison.OrdinalIgnoreCase)) return true;
        if (!behind.StartsWith("or ", StringComparison.Ordinal)) return false;
        behind = behind[3..].TrimStart(" $\\(");
        foreach (string same in SameAgain)
            if (behind.StartsWith(same, StringComparison.Ordinal)) return false;
        return !behind.StartsWith("approx", StringComparison.Ordinal);
    }

    /// <summary>Whether the words before an answer deny it.</summary>
    public static bool IsDenied(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(" $\\([{*:\n");
        foreach (string denial in Denials)
            if (before.EndsWith(denial, StringComparison.OrdinalIgnoreCase)
                && (denial[1] == '\'' || before.Length == denial.Length || !char.IsAsciiLetter(before[^(denial.Length + 1)]))) return true;
        return false;
    }

    private static bool HoldsSame(string text, List<Box> group, ReadOnlySpan<char> content)
    {
        foreach (Box box in group)
            if (SameText(content, box.Content(text))) return true;
        return false;
    }

    private static bool SameText(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        int j = 0;
        foreach (char c in a)
        {
            if (c == ' ') continue;
            while (j < b.Length && b[j] == ' ') j++;
            if (j == b.Length || b[j++] != c) return false;
        }
        return b[j..].Trim(' ').IsEmpty;
    }
}
