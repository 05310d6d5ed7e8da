using Mel.Rewards;

namespace Mel.Experiences;

/// <summary>Turns rollout groups into meta-experiences: Eq. 2-6.</summary>
/// <remarks>
/// An extractor that remembers something from step to step implements <see cref="Runtime.IRunState"/>. What it remembers is then part of the run's checkpoint.
/// </remarks>
public interface IExperienceExtractor
{
    /// <summary>
    /// Extracts what can be learned from the groups of one step. Nothing is lost in silence: a candidate is either retained or dropped with a reason.
    /// </summary>
    /// <param name="request">The verified groups, the step and a seed.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default);
}

/// <summary>What an extractor works on: the groups of a step.</summary>
public sealed class ExtractionRequest(IReadOnlyList<RolloutGroup> groups, ulong seed, int step = 0)
{
    /// <summary>The verified groups. A group without both a right and a wrong attempt yields nothing.</summary>
    public IReadOnlyList<RolloutGroup> Groups { get; } = groups;

    /// <summary>Seed of everything random in this call. The same seed and policy give the same result.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>Number of the step, counted from 1; 0 outside a run.</summary>
    public int Step { get; } = step;
}
