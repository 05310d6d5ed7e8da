using System.Text;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Experiences;

/// <summary>
/// The prompts of appendix C for models of natural language, and a parser of the output format they demand. Every template can be replaced; a template names
/// what is filled in by a placeholder in braces.
/// </summary>
public sealed partial class PaperExperienceLanguage : IExperienceLanguage, IRunPart
{
    private static readonly string[] Headings =
    [
        "Failure Resolution Path", "Analysis of Success Factors", "First-Person Reflective Summary", "Subject Heuristics",
    ];

    private readonly string _extraction;
    private readonly string _replay;
    private readonly string _recall;

    /// <summary>Creates the language from templates.</summary>
    /// <param name="extractionTemplate">Asks for the comparison; holds <c>{question}</c>, <c>{error_ans}</c> and <c>{correct_ans}</c>.</param>
    /// <param name="replayTemplate">Asks the question again; holds <c>{experience}</c> and <c>{question}</c>.</param>
    /// <param name="recallTemplate">Asks for the heuristic alone; holds <c>{pattern}</c>, the name the model gave to it.</param>
    /// <exception cref="ArgumentException">A template lacks one of its placeholders.</exception>
    public PaperExperienceLanguage(
        string extractionTemplate = DefaultExtractionTemplate, string replayTemplate = DefaultReplayTemplate, string recallTemplate = DefaultRecallTemplate)
    {
        _extraction = Require(extractionTemplate, nameof(extractionTemplate), "{question}", "{error_ans}", "{correct_ans}");
        _replay = Require(replayTemplate, nameof(replayTemplate), "{experience}", "{question}");
        _recall = Require(recallTemplate, nameof(recallTemplate), "{pattern}");
    }

    /// <inheritdoc/>
    public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(incorrect);
        ArgumentNullException.ThrowIfNull(correct);
        return Fill(_extraction, ("{question}", prompt.Text), ("{error_ans}", incorrect.Text), ("{correct_ans}", correct.Text));
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Set("extraction", _extraction);
        identity.Set("replay", _replay);
        identity.Set("recall", _recall);
    }

    /// <inheritdoc/>
    public string ReplayPrompt(Prompt prompt, string experience)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Fill(_replay, ("{experience}", experience), ("{question}", prompt.Text));
    }

    /// <inheritdoc/>
    public string RecallPrompt(string experience, ExperienceSections sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        string name = NameOf(experience, sections);
        return Fill(_recall, ("{pattern}", name.Length > 0 ? name : "problems like the ones I have solved"));
    }

    /// <summary>
    /// What the first heuristic says: its condition and its action, where it has the form "If ..., then ..." or "When ..., ...", and otherwise the name of its
    /// pattern and the rest of its line.
    /// </summary>
    /// <inheritdoc/>
    public HeuristicClaim? Claim(string experience, ExperienceSections sections)
    {
        ArgumentNullException.ThrowIfNull(experience);
        ArgumentNullException.ThrowIfNull(sections);
        string rest = sections.Recall.Of(experience).TrimStart();
        string rule = rest[..LineEnd(rest, 0)];
        foreach ((string opening, string middle) in (ReadOnlySpan<(string, string)>)[("if ", " then "), ("if ", ", "), ("when ", ", ")])
        {
            int start = rule.IndexOf(opening, StringComparison.OrdinalIgnoreCase);
            if (start < 0 || (start > 0 && !char.IsWhiteSpace(rule[start - 1]))) continue;
            int end = rule.IndexOf(middle, start + opening.Length, StringComparison.OrdinalIgnoreCase);
            if (end < 0) continue;
            if (HeuristicClaim.Normalized(rule[(start + opening.Length)..end], rule[(end + middle.Length)..]) is { } claim) return claim;
        }

        return HeuristicClaim.Normalized(NameOf(experience, sections), rule);
    }

    /// <inheritdoc/>
    public ExperienceParse Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int from = text.LastIndexOf("</think>", StringComparison.Ordinal);
        from = from < 0 ? 0 : from + "</think>".Length;

        Span<(int Start, int Body)> found = stackalloc (int, int)[Headings.Length];
        int section = 0;
        for (int line = from; line < text.Length && section < Headings.Length; line = NextLine(text, line))
        {
            if (!IsHeading(text.AsSpan(line, LineEnd(text, line) - line), Headings[section])) continue;
            found[section++] = (line, NextLine(text, line));
        }

        if (section < Headings.Length) return ExperienceParse.Malformed($"Section {section + 1}, '{Headings[section]}', is missing or out of order.");
        for (int i = 0; i < Headings.Length; i++)
        {
            int end = i + 1 < Headings.Length ? found[i + 1].Start : text.Length;
            if (Trim(text, found[i].Body, end).Length == 0) return ExperienceParse.Malformed($"Section {i + 1}, '{Headings[i]}', is empty.");
        }

        // s* is the bullet 'Failure Point' of section 1; the critique is everything from there to the heuristics.
        int bifurcationEnd = found[1].Start;
        int pattern = text.IndexOf("Latent Cognitive Pattern", found[0].Body, found[1].Start - found[0].Body, StringComparison.OrdinalIgnoreCase);
        if (pattern > 0) bifurcationEnd = LineStart(text, pattern, found[0].Body);
        TextSpan bifurcation = Trim(text, found[0].Body, bifurcationEnd);
        TextSpan critique = Trim(text, bifurcationEnd, found[3].Start);
        if (bifurcation.Length == 0) return ExperienceParse.Malformed("Section 1 names no failure point.");
        TextSpan heuristic = Trim(text, found[3].Body, text.Length);
        return ExperienceParse.Of(new ExperienceSections(bifurcation, critique, heuristic) { Recall = AfterPatternName(text, heuristic) });
    }

    /// <summary>The name of the pattern that stands before the first heuristic; empty where there is none.</summary>
    private static string NameOf(string experience, ExperienceSections sections)
        => new TextSpan(sections.Heuristic.Start, sections.Recall.Start - sections.Heuristic.Start).Of(experience)
            .Trim(' ', '\t', '\r', '\n', '-', '*', '[', ']', ':', '•');

    /// <summary>The heuristic without the name of its pattern: '[Name]: If ..., then ...' is recalled from the name on.</summary>
    private static TextSpan AfterPatternName(string text, TextSpan heuristic)
    {
        int end = Math.Min(LineEnd(text, heuristic.Start), heuristic.End);
        int colon = text.IndexOf(':', heuristic.Start, end - heuristic.Start);
        return colon < 0 || colon + 1 >= heuristic.End ? heuristic : new TextSpan(colon + 1, heuristic.End - colon - 1);
    }

    /// <summary>Whether a line is a section's heading, whatever number or emphasis stands around its title.</summary>
    private static bool IsHeading(ReadOnlySpan<char> line, string title)
        => line.TrimStart(" \t#*_-0123456789.():").StartsWith(title, StringComparison.OrdinalIgnoreCase);

    private static int LineEnd(string text, int from) => text.IndexOf('\n', from) is var end and >= 0 ? end : text.Length;

    private static int NextLine(string text, int from) => Math.Min(LineEnd(text, from) + 1, text.Length);

    private static int LineStart(string text, int at, int floor) => Math.Max(text.LastIndexOf('\n', at, at - floor + 1) + 1, floor);

    private static TextSpan Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start])) start++;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        return new TextSpan(start, end - start);
    }

    private static string Require(string template, string parameter, params ReadOnlySpan<string> placeholders)
    {
        ArgumentNullException.ThrowIfNull(template, parameter);
        foreach (string placeholder in placeholders)
        {
            if (!template.Contains(placeholder, StringComparison.Ordinal))
                throw new ArgumentException($"The template has no placeholder {placeholder}; put it where the text belongs.", parameter);
        }

        return template;
    }

    /// <summary>Fills all placeholders in one pass, so that a placeholder inside a filled-in text stays what it is.</summary>
    private static string Fill(string template, params ReadOnlySpan<(string Placeholder, string Value)> values)
    {
        StringBuilder filled = new();
        int at = 0;
        while (at < template.Length)
        {
            int next = template.IndexOf('{', at);
            if (next < 0) break;
            filled.Append(template, at, next - at);
            at = next;
            bool replaced = false;
            foreach ((string placeholder, string value) in values)
            {
                if (string.CompareOrdinal(template, at, placeholder, 0, placeholder.Length) != 0) continue;
                filled.Append(value);
                at += placeholder.Length;
                replaced = true;
                break;
            }

            if (!replaced) filled.Append(template[at++]);
        }

        return filled.Append(template, at, template.Length - at).ToString();
    }
}
