namespace Mel.Verifiers.Evaluation;

/// <summary>Hashes that are the same in every process: sample points and stand-ins for unknown functions derive from them.</summary>
internal static class StableHash
{
    public static ulong Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text) hash = (hash ^ c) * 1099511628211;
        return Mix(hash);
    }

    public static ulong Combine(ulong a, ulong b) => Mix(a * 0x9E3779B97F4A7C15 + b + 0x632BE59BD9B4E019);

    /// <summary>The finalizer of SplitMix64.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
