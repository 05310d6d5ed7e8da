using System.Text;

namespace Mel.Experiences;

/// <summary>
/// What the heuristic of an experience says, in a form that can be compared. Two experiences with the same key speak about the same thing; they agree where
/// their answers are the same too.
/// </summary>
/// <param name="Key">What the heuristic is about: its condition, or the name of its pattern.</param>
/// <param name="Answer">What the heuristic says about it.</param>
public sealed record HeuristicClaim(string Key, string Answer)
{
    private const string Edges = ".,;:!?'\"`()[]{}*_•-–—";

    /// <summary>
    /// A claim of natural language. Case, white space, and punctuation at the edges of words make no difference; a sign before a digit does.
    /// </summary>
    /// <param name="key">What the heuristic is about.</param>
    /// <param name="answer">What it says.</param>
    /// <returns>Null where nothing is left of the key or of the answer.</returns>
    public static HeuristicClaim? Normalized(string key, string answer)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(answer);
        (string about, string says) = (Normalize(key), Normalize(answer));
        return about.Length == 0 || says.Length == 0 ? null : new HeuristicClaim(about, says);
    }

    private static string Normalize(string text)
    {
        StringBuilder normal = new();
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            int start = 0, end = word.Length;
            while (start < end && Edges.Contains(word[start]) && !IsSign(word, start)) start++;
            while (end > start && Edges.Contains(word[end - 1])) end--;
            if (start == end) continue;
            if (normal.Length > 0) normal.Append(' ');
            normal.Append(word.AsSpan(start, end - start).ToString().ToLowerInvariant());
        }

        return normal.ToString();
    }

    private static bool IsSign(string word, int at) => word[at] == '-' && at + 1 < word.Length && char.IsAsciiDigit(word[at + 1]);
}
