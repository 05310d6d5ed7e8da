using Mel.Experiences;

namespace Mel.Objectives;

/// <summary>One meta-experience of an optimizer batch.</summary>
/// <param name="Experience">The experience.</param>
/// <param name="PromptExperiences">How many experiences its group has in the whole optimizer batch.</param>
public sealed record ExperienceSample(MetaExperience Experience, int PromptExperiences);
