namespace Mel.Transformers.Sampling;

/// <summary>
/// The random numbers of one sequence: number t follows from (seed, sample, t) alone, by the SplitMix64 finalizer, so that a sequence draws the same numbers
/// whatever else is in the batch and whenever it is scheduled.
/// </summary>
internal readonly struct RandomStream(ulong seed, int sample)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _key = Mix(Mix(seed + Golden) ^ ((ulong)(uint)sample * 0xD1B54A32D192ED03 + Golden));

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Uniform(int index) => (Mix(_key + ((ulong)(uint)index + 1) * Golden) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
