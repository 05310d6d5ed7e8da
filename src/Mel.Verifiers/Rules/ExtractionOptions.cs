namespace Mel.Verifiers.Rules;

/// <summary>Where to look for the answer of a response. The presets return a fresh object each, which may be changed.</summary>
public sealed class ExtractionOptions
{
    private static readonly ExtractionRule[] EvaluationLadder =
    [
        ExtractionRule.AnswerTag, ExtractionRule.FinalAnswerPhrase, ExtractionRule.Boxed, ExtractionRule.HashMarks, ExtractionRule.AnswerLine,
        ExtractionRule.AnswerPhrase, ExtractionRule.WholeResponse, ExtractionRule.MathSegment, ExtractionRule.LastExpression,
    ];

    /// <summary>The rules in order. The first that finds something ends the search, whether or not it parses.</summary>
    /// <value>The default is the ladder of <see cref="Evaluation"/>.</value>
    public IReadOnlyList<ExtractionRule> Rules { get; set; } = EvaluationLadder;

    /// <summary>
    /// The tags that end the reasoning. Only what follows the last of them is read. An opened and never closed <c>&lt;think&gt;</c> holds no answer.
    /// </summary>
    /// <value>The default is <c>&lt;/think&gt;</c>.</value>
    public IReadOnlyList<string> ReasoningEnds { get; set; } = ["</think>"];

    /// <summary>Whether a response without any of <see cref="ReasoningEnds"/> has no answer.</summary>
    /// <value>The default is false.</value>
    public bool RequireReasoning { get; set; }

    /// <summary>Whether several boxes that disagree in value are no answer. Boxes joined to a list are one answer.</summary>
    /// <value>The default is false: the last box is the answer.</value>
    public bool DisagreeingBoxesAreNoAnswer { get; set; }

    /// <summary>
    /// Whether all of the text in a tag or behind an anchor must state the answer, as "5", "x = 5" and "the answer is 5, since ..." do. Otherwise the number in
    /// a sentence counts, whatever the sentence says of it.
    /// </summary>
    /// <value>The default is false.</value>
    public bool WholeStatements { get; set; }

    /// <summary>Whether a response that was cut off at its length limit has no answer, whatever it holds.</summary>
    /// <value>The default is false.</value>
    public bool TruncatedIsNoAnswer { get; set; }

    /// <summary>The letters that <see cref="ExtractionRule.ChoiceLetter"/> accepts.</summary>
    /// <value>The default is ABCDEFGH.</value>
    public string ChoiceLetters { get; set; } = "ABCDEFGH";

    /// <summary>
    /// For rewards: a deliberate answer or none. After the reasoning, the last box, <c>&lt;answer&gt;</c> or "Answer:" line. Boxes that disagree and truncated
    /// responses have no answer.
    /// </summary>
    public static ExtractionOptions Training => new()
    {
        Rules = [ExtractionRule.AnswerTag, ExtractionRule.Boxed, ExtractionRule.AnswerLine],
        DisagreeingBoxesAreNoAnswer = true,
        WholeStatements = true,
        TruncatedIsNoAnswer = true,
    };

    /// <summary>For benchmarks: the whole ladder down to the last number.</summary>
    public static ExtractionOptions Evaluation => new();

    /// <summary>For GSM8K: <c>####</c>, or else an anchored or the last number.</summary>
    public static ExtractionOptions Gsm8k => new()
    {
        Rules = [ExtractionRule.HashMarks, ExtractionRule.Boxed, ExtractionRule.AnswerLine, ExtractionRule.AnswerPhrase, ExtractionRule.LastExpression],
    };

    /// <summary>For few-shot prompts that end "Final Answer: The final answer is X. I hope it is correct."</summary>
    public static ExtractionOptions Minerva => new() { Rules = [ExtractionRule.FinalAnswerPhrase, ExtractionRule.Boxed] };

    /// <summary>For multiple choice: a boxed or anchored letter, a letter at the start of a line, or the last letter.</summary>
    public static ExtractionOptions MultipleChoice => new() { Rules = [ExtractionRule.AnswerTag, ExtractionRule.ChoiceLetter] };

    /// <summary>
    /// The ladder of Math-Verify: the Minerva phrase, boxes, anchored answers, then any mathematics or number. It knows no tags and reads reasoning like the
    /// rest.
    /// </summary>
    public static ExtractionOptions MathVerify => new()
    {
        Rules =
        [
            ExtractionRule.FinalAnswerPhrase, ExtractionRule.Boxed, ExtractionRule.AnswerLine, ExtractionRule.AnswerPhrase,
            ExtractionRule.MathSegment, ExtractionRule.LastExpression,
        ],
        ReasoningEnds = [],
    };

    internal ExtractionOptions Copy()
    {
        ExtractionOptions copy = (ExtractionOptions)MemberwiseClone();
        copy.Rules = [.. Rules];
        copy.ReasoningEnds = [.. ReasoningEnds];
        return copy;
    }
}
