using Mel.Experiences;

namespace Mel.Memory;

/// <summary>Extracts nothing: for what is remembered of the groups themselves.</summary>
internal sealed class NoExperiences : IExperienceExtractor
{
    public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default) => Task.FromResult(ExtractionResult.Empty);
}
