using Mel.Rewards;

namespace Mel.Experiences;

/// <summary>Base class for adding behaviour to any extractor by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The extractor that does the work.</param>
public class DelegatingExperienceExtractor(IExperienceExtractor inner) : IExperienceExtractor
{
    /// <summary>The wrapped extractor.</summary>
    protected IExperienceExtractor Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual Task<ExtractionResult> ExtractAsync(IReadOnlyList<RolloutGroup> groups, ulong seed, CancellationToken cancellationToken = default)
        => Inner.ExtractAsync(groups, seed, cancellationToken);
}
