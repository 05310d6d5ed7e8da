using System.Globalization;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Samples.Miniature;

/// <summary>
/// The language of the world as if its heuristics were worded freely: the same fact has several names, conditions hold details of the one question they came
/// from, or leave something out. No two experiences need have the same key. What the policy reads and writes stays as it is; only the claim that a memory
/// sees is reworded, and on request the cue that is rehearsed.
/// </summary>
/// <remarks>The wording of an experience follows from its text, so that a run can be repeated.</remarks>
/// <param name="noise">Share of the experiences that are reworded, 0 to 1.</param>
/// <param name="vague">Share of the reworded ones that leave out the parity, so that they speak of two facts at once, 0 to 1.</param>
/// <param name="noisyCues">Whether the details of the question stand in the rehearsed cue too.</param>
public sealed class NoisyLanguage(double noise = 1, double vague = 0.05, bool noisyCues = false) : IExperienceLanguage, IRunPart
{
    private static readonly string[] OperatorNames = ["op", "operator ", "the operator op", "alias"];

    private static readonly string[][] ParityNames = [["even", "divisible by two"], ["odd", "uneven"]];

    private static readonly string[] Answers = ["{0}", "apply {0}", "the rule is {0}", "use {0} here"];

    private readonly MiniatureLanguage _plain = new();

    /// <inheritdoc/>
    public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => _plain.ExtractionPrompt(prompt, incorrect, correct);

    /// <inheritdoc/>
    public ExperienceParse Parse(string text) => _plain.Parse(text);

    /// <inheritdoc/>
    public string ReplayPrompt(Prompt prompt, string experience) => _plain.ReplayPrompt(prompt, experience);

    /// <inheritdoc/>
    public string RecallPrompt(string experience, ExperienceSections sections)
    {
        string plain = _plain.RecallPrompt(experience, sections);
        if (!noisyCues || !Lesson.TryParse(experience, out Lesson? lesson, out _) || !IsReworded(experience, out _)) return plain;
        return $"{lesson.BifurcationText} {lesson.Value} {plain}";
    }

    /// <inheritdoc/>
    public TextSpan? Locate(string experience, ExperienceSections sections, Trajectory attempt) => _plain.Locate(experience, sections, attempt);

    /// <inheritdoc/>
    public HeuristicClaim? Claim(string experience, ExperienceSections sections)
    {
        HeuristicClaim plain = _plain.Claim(experience, sections);
        if (!Lesson.TryParse(experience, out Lesson? lesson, out _) || !IsReworded(experience, out SeededRandom random)) return plain;
        Fact fact = lesson.HeuristicFact;
        string name = OperatorNames[random.Next(OperatorNames.Length)] + fact.Operator.ToString(CultureInfo.InvariantCulture);
        string[] parities = ParityNames[fact.IsOdd ? 1 : 0];
        string parity = random.NextDouble() < vague ? "" : parities[random.Next(parities.Length)];
        string key = random.Next(4) switch
        {
            0 => $"{name} {parity}",
            1 => $"{parity} value under {name}",
            2 => $"{lesson.BifurcationText} meets {name} and the value {lesson.Value} is {parity}",
            _ => $"when {name} is applied to {parity} numbers",
        };
        string answer = string.Format(CultureInfo.InvariantCulture, Answers[random.Next(Answers.Length)], plain.Answer);
        return HeuristicClaim.Normalized(key, answer);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set("noise", noise);
        identity.Set("vague", vague);
        identity.Set("noisy_cues", noisyCues);
    }

    private bool IsReworded(string experience, out SeededRandom random)
    {
        ulong seed = 14695981039346656037;      // FNV-1a
        foreach (char unit in experience) seed = (seed ^ unit) * 1099511628211;
        random = SeededRandom.For(seed, purpose: 5);
        return random.NextDouble() < noise;
    }
}
