namespace Mel.Samples.Miniature;

/// <summary>The prompts of the experience loop in the words of the world: they stand where a natural language has the prompts of appendix C.</summary>
public sealed class MiniatureLanguage
{
    /// <summary>Asks for the lesson of two solutions (Eq. 2-4), in the order of the paper's prompt: incorrect, then correct.</summary>
    public static string ExtractionPrompt(string question, string incorrect, string correct)
        => $"{Words.Inspect} {question} {Words.Bad} {incorrect} {Words.Good} {correct} {Words.Bifurcation}";

    /// <summary>Asks for the lesson of a question alone.</summary>
    public static string ForesightPrompt(string question) => $"{Words.Inspect} {question} {Words.Bifurcation}";

    /// <summary>Asks for a solution with a lesson at hand (Eq. 6).</summary>
    public static string ReplayPrompt(string question, string lesson) => $"{Words.Hint} {Words.Bifurcation} {lesson} {Words.EndExperience} {question}";

    /// <summary>Asks what is known of a fact: the heuristic of a lesson without its rule.</summary>
    public static string RecallPrompt(Fact fact) => $"{Words.Heuristic} {fact}";
}
