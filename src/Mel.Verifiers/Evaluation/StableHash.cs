using Mel.Runtime;

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
    public static ulong Mix(ulong x) => SplitMix64.Mix(x);
}
