using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Samples.Miniature;

/// <summary>
/// The prompts of the experience loop in the words of the world, where natural language has the prompts of appendix C. A meta-experience is a
/// <see cref="Lesson"/>; its recall prompt is the heuristic without the rule, and what is recalled is the rule.
/// </summary>
public sealed class MiniatureLanguage : IExperienceLanguage
{
    /// <inheritdoc/>
    public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(incorrect);
        ArgumentNullException.ThrowIfNull(correct);
        return Compare(prompt.Text, incorrect.Text, correct.Text);
    }

    /// <inheritdoc/>
    public ExperienceParse Parse(string text)
    {
        if (!Lesson.TryParse(text, out Lesson? lesson, out string? malformed)) return ExperienceParse.Malformed(malformed);
        var bifurcation = new TextSpan(0, lesson.BifurcationText.Length);
        var critique = new TextSpan(bifurcation.End + 1, lesson.CritiqueText.Length);
        var heuristic = new TextSpan(critique.End + 1, lesson.HeuristicText.Length);
        int rule = lesson.HeuristicRule.Word.Length;
        return ExperienceParse.Of(new ExperienceSections(bifurcation, critique, heuristic) { Recall = new TextSpan(heuristic.End - rule, rule) });
    }

    /// <inheritdoc/>
    public string ReplayPrompt(Prompt prompt, string experience)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Advise(prompt.Text, experience);
    }

    /// <inheritdoc/>
    public string RecallPrompt(string experience, ExperienceSections sections)
    {
        ArgumentNullException.ThrowIfNull(experience);
        ArgumentNullException.ThrowIfNull(sections);
        return experience[sections.Heuristic.Start..sections.Recall.Start].TrimEnd();
    }

    /// <inheritdoc/>
    public HeuristicClaim Claim(string experience, ExperienceSections sections)
        => new(RecallPrompt(experience, sections), sections.Recall.Of(experience));

    /// <inheritdoc/>
    public TextSpan? Locate(string experience, ExperienceSections sections, Trajectory attempt)
    {
        ArgumentNullException.ThrowIfNull(sections);
        ArgumentNullException.ThrowIfNull(attempt);
        string step = sections.BifurcationPoint.Of(experience);                          // the word that opens the step
        int at = attempt.Text.IndexOf(step, StringComparison.Ordinal);
        return step.Length == 0 || at < 0 ? null : new TextSpan(at, step.Length);
    }

    /// <summary>Asks for the lesson of two solutions (Eq. 2-4), in the order of the paper's prompt: incorrect, then correct.</summary>
    internal static string Compare(string question, string incorrect, string correct)
        => $"{Words.Inspect} {question} {Words.Bad} {incorrect} {Words.Good} {correct} {Words.Bifurcation}";

    /// <summary>Asks for the lesson of a question alone.</summary>
    internal static string Foresee(string question) => $"{Words.Inspect} {question} {Words.Bifurcation}";

    /// <summary>Asks for a solution with a lesson at hand (Eq. 6).</summary>
    internal static string Advise(string question, string lesson) => $"{Words.Hint} {Words.Bifurcation} {lesson} {Words.EndExperience} {question}";

    /// <summary>Asks for the rule of a fact.</summary>
    internal static string Recall(Fact fact) => $"{Words.Heuristic} {fact}";
}
