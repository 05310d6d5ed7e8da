using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>
/// How a policy is asked for a meta-experience, how one is read, and how it is shown again. <see cref="PaperExperienceLanguage"/> holds the prompts of appendix
/// C for models of natural language; a model with its own small language brings its own.
/// </summary>
/// <remarks>Pure functions of text; implementations are called from several threads at once and treat everything a policy wrote as untrusted.</remarks>
public interface IExperienceLanguage
{
    /// <summary>The message that asks for a comparison of two attempts: I, x, y-, y+ in the order of the paper's template (appendix C, first prompt).</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="incorrect">y-: an attempt with a wrong answer.</param>
    /// <param name="correct">y+: an attempt with the right answer.</param>
    string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct);

    /// <summary>Finds bifurcation point, critique and heuristic in what the policy wrote.</summary>
    /// <param name="text">The response to <see cref="ExtractionPrompt"/>.</param>
    ExperienceParse Parse(string text);

    /// <summary>The message that asks the question again with an experience in hand (appendix C, second prompt).</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="experience">The whole text of the experience.</param>
    string ReplayPrompt(Prompt prompt, string experience);

    /// <summary>
    /// The message after which the policy should recall the heuristic without seeing question and attempts (<see cref="Conditioning.Heuristic"/>).
    /// </summary>
    /// <param name="experience">The whole text of the experience.</param>
    /// <param name="sections">Its parts.</param>
    string RecallPrompt(string experience, ExperienceSections sections);

    /// <summary>
    /// What the heuristic of an experience is about, and what it says about it, so that experiences of different questions can be compared.
    /// </summary>
    /// <param name="experience">The whole text of the experience.</param>
    /// <param name="sections">Its parts.</param>
    /// <returns>
    /// A claim; null where there is none that could be compared. The default is the recall prompt and the recalled part, as natural language is normalized.
    /// </returns>
    HeuristicClaim? Claim(string experience, ExperienceSections sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        return HeuristicClaim.Normalized(RecallPrompt(experience, sections), sections.Recall.Of(experience));
    }

    /// <summary>Where the bifurcation point of an experience stands in an attempt, so that credit can be given to the tokens before and after it.</summary>
    /// <param name="experience">The whole text of the experience.</param>
    /// <param name="sections">Its parts.</param>
    /// <param name="attempt">y-, or another attempt at the question.</param>
    /// <returns>A stretch of the attempt's text; null where the language cannot say, which is what the default says.</returns>
    TextSpan? Locate(string experience, ExperienceSections sections, Trajectory attempt) => null;
}
