using Mel.Advantages;
using Mel.Experiences;
using Mel.Rewards;

namespace Mel.Testing;

/// <summary>Calls of the library in the form in which tests make them most often.</summary>
public static class Shortcuts
{
    /// <summary>Advantages of groups without experiences; waits for an estimator that samples.</summary>
    public static IReadOnlyList<IReadOnlyList<Advantage>> Estimate(this IAdvantageEstimator estimator, IReadOnlyList<RolloutGroup> groups)
        => estimator.Estimate(new RolloutBatch(groups));

    public static IReadOnlyList<IReadOnlyList<Advantage>> Estimate(this IAdvantageEstimator estimator, RolloutBatch rollouts)
        => estimator.EstimateAsync(rollouts).AsTask().GetAwaiter().GetResult();

    public static Task<ExtractionResult> ExtractAsync(this IExperienceExtractor extractor, IReadOnlyList<RolloutGroup> groups, ulong seed,
        CancellationToken cancellationToken = default)
        => extractor.ExtractAsync(new ExtractionRequest(groups, seed), cancellationToken);

    /// <summary>Groups with the experiences whose pairs are theirs.</summary>
    public static RolloutBatch With(this IReadOnlyList<RolloutGroup> groups, params IReadOnlyList<MetaExperience> experiences)
        => new(groups, [.. groups.Select(g => (IReadOnlyList<MetaExperience>)[.. experiences.Where(e => ReferenceEquals(e.Pair.Group, g))])], 0);
}
