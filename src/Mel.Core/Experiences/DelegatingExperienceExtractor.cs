using Mel.Runtime;

namespace Mel.Experiences;

/// <summary>Base class for adding behavior to any extractor by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The extractor that does the work.</param>
public class DelegatingExperienceExtractor(IExperienceExtractor inner) : IExperienceExtractor, IRunPart
{
    /// <summary>The wrapped extractor.</summary>
    protected IExperienceExtractor Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        => Inner.ExtractAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("inner", Inner);
    }
}
