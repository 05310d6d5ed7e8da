namespace Mel.Experiences;

/// <summary>Extracts nothing: <see cref="ExperienceExtractor.None"/>.</summary>
internal sealed class NoExperiences : IExperienceExtractor
{
    public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        => Task.FromResult(ExtractionResult.Empty);
}
