namespace Mel.Verifiers.Rules;

/// <summary>
/// A place where a response may hold its answer. Rules are tried in the order of <see cref="ExtractionOptions.Rules"/>. The first that finds something ends the
/// search.
/// </summary>
public enum ExtractionRule
{
    /// <summary>The last <c>&lt;answer&gt;...&lt;/answer&gt;</c>.</summary>
    AnswerTag,

    /// <summary>"Final answer is X" or "Final Answer: X", where no box comes after it: the Minerva format.</summary>
    FinalAnswerPhrase,

    /// <summary>The last <c>\boxed{X}</c> or <c>\fbox{X}</c>, together with the boxes joined to it by a comma, "and" or "or".</summary>
    Boxed,

    /// <summary>What follows the last <c>####</c>: the GSM8K format.</summary>
    HashMarks,

    /// <summary>The last "Answer: X".</summary>
    AnswerLine,

    /// <summary>The last "answer is X", "solutions are X", "choice is X".</summary>
    AnswerPhrase,

    /// <summary>The whole response, where it is one line that reads as an expression.</summary>
    WholeResponse,

    /// <summary>The last mathematics between dollar signs, <c>\(..\)</c> or <c>\[..\]</c>, together with what is joined to it.</summary>
    MathSegment,

    /// <summary>The last run of numbers and operators in the text.</summary>
    LastExpression,

    /// <summary>A choice letter: behind an anchor, at the start of a line, or else the last that is not negated.</summary>
    ChoiceLetter,
}
