using Mel.Rewards;

namespace Mel.Experiences;

/// <summary>Turns rollout groups into meta-experiences: Eq. 2-6.</summary>
public interface IExperienceExtractor
{
    /// <summary>Extracts what can be learned from the groups of one step. Nothing is lost in silence: a candidate is either retained or dropped with a reason.</summary>
    /// <param name="groups">Verified groups; those without both a right and a wrong attempt yield nothing.</param>
    /// <param name="seed">Seed of everything random in this call; the same seed and policy give the same result.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    Task<ExtractionResult> ExtractAsync(IReadOnlyList<RolloutGroup> groups, ulong seed, CancellationToken cancellationToken = default);
}
