namespace Mel.Verifiers.Extraction;

/// <summary>How strictly the rules read a text.</summary>
/// <param name="BoxesMustAgree">Whether boxes of different values are no answer.</param>
/// <param name="WholeStatements">Whether all of the text behind an anchor is the answer; otherwise a number in a sentence counts.</param>
/// <param name="LongestAnswer">Characters from which on an answer is refused.</param>
/// <param name="SameValue">Whether two answers are equal; null where boxes need not agree.</param>
internal sealed record Reading(bool BoxesMustAgree, bool WholeStatements, int LongestAnswer, Func<string, string, bool>? SameValue)
{
    /// <summary>For a text that is trusted: a gold, or an answer between anchors of its own.</summary>
    public static Reading Lenient { get; } = new(false, false, int.MaxValue / 4, null);
}
