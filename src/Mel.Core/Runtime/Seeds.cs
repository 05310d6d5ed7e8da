namespace Mel.Runtime;

/// <summary>Derives independent seeds from one seed. A run's seed, a purpose and a position give the seed of one draw, whatever was drawn before.</summary>
public static class Seeds
{
    /// <summary>A seed that depends on every part, and on their order.</summary>
    /// <param name="seed">The seed of the whole.</param>
    /// <param name="parts">Numbers that tell the draws apart.</param>
    public static ulong Derive(ulong seed, params ReadOnlySpan<ulong> parts) => SplitMix64.Derive(seed, parts);
}
