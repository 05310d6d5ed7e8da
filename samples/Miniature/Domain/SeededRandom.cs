namespace Mel.Samples.Miniature;

/// <summary>
/// SplitMix64: a stream of random numbers that is the same on every platform and in every version of the runtime, so that a world, a corpus and a set of
/// questions are fully named by their seeds. Not safe for several threads.
/// </summary>
/// <param name="seed">Names the stream.</param>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for one purpose under a common seed.</summary>
    /// <param name="seed">The common seed.</param>
    /// <param name="purpose">Number of the purpose; different purposes give unrelated streams.</param>
    public static SeededRandom For(ulong seed, ulong purpose) => new(Mix(Mix(seed) + (purpose * 0xD1342543DE82EF95UL)));

    /// <summary>The finalizer of SplitMix64: spreads every bit of the input over the whole output.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="exclusiveMax"/>).</summary>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)Math.BigMul(NextBits(), (ulong)exclusiveMax, out _);
    }

    /// <summary>An index drawn with the given probabilities, which sum to 1.</summary>
    public int Draw(ReadOnlySpan<double> probabilities)
    {
        double rest = NextDouble();
        for (int i = 0; i < probabilities.Length - 1; i++)
        {
            rest -= probabilities[i];
            if (rest < 0) return i;
        }
        return probabilities.Length - 1;
    }

    /// <summary>Puts the items into random order, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
