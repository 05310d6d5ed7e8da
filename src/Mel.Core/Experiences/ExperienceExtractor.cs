using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>Makes the extractor of section 3.2: extraction, and around it validation by replay.</summary>
public static class ExperienceExtractor
{
    /// <summary>An extractor that finds nothing: for decorators that add attempts or rehearsals of their own.</summary>
    public static IExperienceExtractor None { get; } = new NoExperiences();

    /// <summary>An extractor of contrastive experiences that keeps only those that prove themselves, unless validation is off.</summary>
    /// <param name="sampler">Writes experiences and makes the replays.</param>
    /// <param name="verifier">The verifier of the run.</param>
    /// <param name="language">Prompts and parser; the paper's where null.</param>
    /// <param name="options">Pairs, temperatures, replays; the defaults where null.</param>
    /// <param name="time">Clock for durations; the system's where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static IExperienceExtractor Create(
        ISampler sampler, IVerifier verifier, IExperienceLanguage? language = null, ExperienceOptions? options = null, TimeProvider? time = null)
    {
        ContrastiveExperienceExtractor extractor = new(sampler, language, options, time);
        return options?.Validate ?? true ? new ReplayValidatedExtractor(extractor, sampler, verifier, language, options, time) : extractor;
    }
}
