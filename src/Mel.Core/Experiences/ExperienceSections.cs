using System.Diagnostics.CodeAnalysis;
using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>Where the parts of a meta-experience M = (s*, C, H) (Eq. 5) stand in the text the policy wrote.</summary>
/// <param name="BifurcationPoint">s*: where the incorrect trajectory left the right path (Eq. 2).</param>
/// <param name="Critique">C: why it did, and what kept the other one on it (Eq. 3).</param>
/// <param name="Heuristic">H: the rule to carry over to other questions (Eq. 4).</param>
public sealed record ExperienceSections(TextSpan BifurcationPoint, TextSpan Critique, TextSpan Heuristic)
{
    /// <summary>
    /// The part of the text to recall when the experience is internalized without its retrospective context (<see cref="Conditioning.Heuristic"/>). A span that
    /// reaches the end of the text, white space aside, takes the stop token along.
    /// </summary>
    /// <value>The default is <see cref="Heuristic"/>.</value>
    public TextSpan Recall { get; init; } = Heuristic;
}

/// <summary>The outcome of reading a meta-experience: its parts, or why the text is not one.</summary>
public sealed class ExperienceParse
{
    private ExperienceParse(ExperienceSections? sections, string? defect) => (Sections, Defect) = (sections, defect);

    /// <summary>The parts; null when the text is malformed.</summary>
    public ExperienceSections? Sections { get; }

    /// <summary>What is wrong with the text; null when it is well-formed.</summary>
    public string? Defect { get; }

    /// <summary>Whether the text is a meta-experience.</summary>
    [MemberNotNullWhen(true, nameof(Sections))]
    [MemberNotNullWhen(false, nameof(Defect))]
    public bool IsWellFormed => Sections is not null;

    /// <summary>A text with all its parts.</summary>
    /// <param name="sections">Where they stand.</param>
    public static ExperienceParse Of(ExperienceSections sections) => new(sections ?? throw new ArgumentNullException(nameof(sections)), null);

    /// <summary>A text that is no meta-experience.</summary>
    /// <param name="defect">What is missing or wrong, for logs and reports.</param>
    public static ExperienceParse Malformed(string defect) => new(null, defect ?? throw new ArgumentNullException(nameof(defect)));
}
