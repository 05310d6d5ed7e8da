using System.Diagnostics.CodeAnalysis;

namespace Mel.Experiences;

/// <summary>The outcome of reading a meta-experience: its parts, or why the text is not one.</summary>
public sealed record ExperienceParse
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
