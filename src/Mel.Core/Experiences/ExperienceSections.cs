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
