using Mel.Runtime;

namespace Mel.Transformers.Sampling;

/// <summary>
/// The random numbers of one sequence: number t follows from (seed, sample, t) alone, by the SplitMix64 finalizer, so that a sequence draws the same numbers
/// whatever else is in the batch and whenever it is scheduled.
/// </summary>
internal readonly struct RandomStream(ulong seed, int sample)
{
    private readonly ulong _key = SplitMix64.Mix(SplitMix64.Mix(seed + SplitMix64.Golden) ^ ((ulong)(uint)sample * 0xD1B54A32D192ED03 + SplitMix64.Golden));

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Uniform(int index) => (SplitMix64.Mix(_key + ((ulong)(uint)index + 1) * SplitMix64.Golden) >> 11) * (1.0 / (1UL << 53));
}
