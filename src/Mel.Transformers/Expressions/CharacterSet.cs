using System.Text;

namespace Mel.Transformers.Expressions;

/// <summary>A set of Unicode characters; whether one is in it takes a bit of a table below U+10000, and a call above.</summary>
internal sealed class CharacterSet
{
    private const int PageBits = 8, WordsPerPage = (1 << PageBits) / 64;

    // A page is filled when a character of it is asked for first; two threads that fill it at once fill it alike.
    private readonly ulong[]?[] _pages = new ulong[(char.MaxValue + 1) >> PageBits][];
    private readonly Func<int, bool> _contains;

    /// <summary>Creates a set.</summary>
    /// <param name="contains">Whether a code point is in it.</param>
    public CharacterSet(Func<int, bool> contains) => _contains = contains;

    /// <summary>The length of the character at an index, 1 or 2 units, when it is in the set, and otherwise 0.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="at">An index of it, or its length.</param>
    public int MatchLength(ReadOnlySpan<char> text, int at)
    {
        if ((uint)at >= (uint)text.Length) return 0;
        char unit = text[at];
        if (!char.IsSurrogate(unit)) return (int)((_pages[unit >> PageBits] ?? Fill(unit >> PageBits))[(unit >> 6) % WordsPerPage] >> (unit & 63)) & 1;
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out int length);
        return _contains(rune.Value) ? length : 0;
    }

    /// <summary>The first index at or after another one whose character is in the set, or the length of the text.</summary>
    public int SkipTo(ReadOnlySpan<char> text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (MatchLength(text, at) > 0) return at;
            if (char.IsHighSurrogate(text[at])) at++;
        }
        return at;
    }

    private ulong[] Fill(int page)
    {
        var bits = new ulong[WordsPerPage];
        for (int i = 0; i < 1 << PageBits; i++)
        {
            if (_contains((page << PageBits) | i)) bits[i >> 6] |= 1UL << (i & 63);
        }
        Volatile.Write(ref _pages[page], bits);
        return bits;
    }
}
