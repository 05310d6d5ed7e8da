using System.Buffers;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Finds given texts in other text: leftmost first, and the longest of those that start at one place. Making one takes memory for the references to the texts
/// only, and a place of the searched text takes a few binary searches at most, however many texts there are.
/// </summary>
internal sealed class TextMatcher
{
    private readonly SearchValues<char> _first;
    private readonly string[] _sorted;

    /// <summary>Creates a matcher.</summary>
    /// <param name="texts">Texts, none empty.</param>
    public TextMatcher(IEnumerable<string> texts)
    {
        _sorted = [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _first = SearchValues.Create([.. _sorted.Select(text => text[0]).Distinct()]);
    }

    /// <summary>The first occurrence at or after an index, or null when there is none.</summary>
    /// <param name="text">What is searched.</param>
    /// <param name="from">Where the search begins.</param>
    /// <param name="start">Where the occurrence starts.</param>
    public string? Find(ReadOnlySpan<char> text, int from, out int start)
    {
        for (start = from; text[start..].IndexOfAny(_first) is >= 0 and var ahead; start++)
        {
            start += ahead;
            if (LongestAt(text[start..]) is { } found) return found;
        }

        start = -1;
        return null;
    }

    // Narrows the sorted texts to those that begin like the given one, a character at a time. The shortest of them comes first.
    private string? LongestAt(ReadOnlySpan<char> text)
    {
        string? longest = null;
        int low = 0, high = _sorted.Length;
        for (int length = 0; length < text.Length && low < high; length++)
        {
            (low, high) = (Bound(low, high, length, text[length]), Bound(low, high, length, text[length] + 1));
            if (low < high && _sorted[low].Length == length + 1) longest = _sorted[low];
        }

        return longest;
    }

    /// <summary>The first text within bounds whose character at a place is a given one or greater; a text that ends there comes before all of them.</summary>
    private int Bound(int low, int high, int place, int character)
    {
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            string text = _sorted[middle];
            if ((place < text.Length ? text[place] : -1) < character) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
