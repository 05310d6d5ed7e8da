namespace Mel.Runtime;

/// <summary>
/// A small reproducible random stream (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014); also derives independent seeds.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    /// <summary>2^64 divided by the golden ratio: the distance of two states.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public ulong Next() => Mix(_state += Golden);

    /// <summary>A number in [0, bound), without modulo bias worth the name for the small bounds used here.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Brings items into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A seed that depends on every part, and on their order.</summary>
    public static ulong Derive(ulong seed, params ReadOnlySpan<ulong> parts)
    {
        ulong state = Mix(seed + Golden);
        foreach (ulong part in parts) state = Mix(state ^ Mix(part + Golden));
        return state;
    }

    /// <summary>The finalizer: spreads every bit of the input over the whole output.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
