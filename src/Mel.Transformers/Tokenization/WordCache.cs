using System.Runtime.InteropServices;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Remembers the tokens of words seen before. It holds a fixed number of short words, so that text from outside cannot make it grow; a word that maps to a
/// taken place replaces what was there. Reads and writes are single references to immutable entries: any number of threads, no locks.
/// </summary>
internal sealed class WordCache
{
    /// <summary>The longest word that is kept, in UTF-16 units.</summary>
    public const int LongestWord = 48;

    private const int Bits = 15;

    private readonly Entry?[] _entries = new Entry?[1 << Bits];

    private sealed record Entry(string Word, int[] Tokens);

    /// <summary>The place of a word in the cache.</summary>
    public static int SlotOf(ReadOnlySpan<char> word)
    {
        ulong hash = (ulong)word.Length;
        for (; word.Length >= 4; word = word[4..]) hash = Mix(hash, MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(word)));
        foreach (char c in word) hash = Mix(hash, c);
        return (int)(hash >> (64 - Bits));
    }

    /// <summary>Appends the tokens of a word when it is known.</summary>
    public bool TryAppend(int slot, ReadOnlySpan<char> word, List<int> tokens)
    {
        Entry? entry = Volatile.Read(ref _entries[slot]);
        if (entry is null || !word.SequenceEqual(entry.Word)) return false;
        if (entry.Tokens.Length == 1) tokens.Add(entry.Tokens[0]);
        else tokens.AddRange((ReadOnlySpan<int>)entry.Tokens);
        return true;
    }

    /// <summary>Keeps the tokens of a word.</summary>
    public void Keep(int slot, ReadOnlySpan<char> word, ReadOnlySpan<int> tokens)
        => Volatile.Write(ref _entries[slot], new Entry(word.ToString(), tokens.ToArray()));

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15ul;
        return hash ^ (hash >> 32);
    }
}
