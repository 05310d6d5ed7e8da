namespace Mel.Rollouts;

/// <summary>
/// A part that does its work in some runs only. A trainer asks every part of its algorithm when it is made, and refuses to be made where a demand is not met.
/// </summary>
/// <remarks>
/// A part inside another is found where the outer one names it in its description (<see cref="Runtime.IRunPart"/>), as every delegating base class does.
/// </remarks>
public interface IRunDemands
{
    /// <summary>What in a run keeps this part from doing what it is for, a sentence each; nothing where the part fits.</summary>
    /// <param name="run">The run that the part is to take part in.</param>
    IEnumerable<string> Unmet(RunShape run);
}

/// <summary>What a part may ask of a run: how its rollouts are made.</summary>
/// <param name="groupSize">Number of trajectories sampled per question.</param>
/// <param name="sampling">How they are sampled.</param>
public sealed class RunShape(int groupSize, SamplingOptions sampling)
{
    /// <summary>G: number of trajectories sampled per question.</summary>
    public int GroupSize { get; } = groupSize;

    /// <summary>How the trajectories are sampled.</summary>
    public SamplingOptions Sampling { get; } = sampling ?? throw new ArgumentNullException(nameof(sampling));
}
