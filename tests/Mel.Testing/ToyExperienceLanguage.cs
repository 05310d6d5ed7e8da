using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Testing;

/// <summary>
/// A language of single characters for <see cref="BigramPolicy"/>: any text of at least three characters is a meta-experience, its first character s*, its
/// second C, the rest H.
/// </summary>
/// <param name="ask">Character after which an experience is written.</param>
/// <param name="recall">Character after which a heuristic is recalled.</param>
public sealed class ToyExperienceLanguage(char ask = 'x', char recall = 'r') : IExperienceLanguage
{
    public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => prompt.Text + incorrect.Text + correct.Text + ask;

    public ExperienceParse Parse(string text) => text.Length < 3
        ? ExperienceParse.Malformed($"'{text}' has fewer than three characters.")
        : ExperienceParse.Of(new ExperienceSections(new TextSpan(0, 1), new TextSpan(1, 1), new TextSpan(2, text.Length - 2)));

    public string ReplayPrompt(Prompt prompt, string experience) => experience + prompt.Text;

    public string RecallPrompt(string experience, ExperienceSections sections) => recall.ToString();
}
