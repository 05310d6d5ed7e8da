namespace Mel.Verifiers.Tests.Hostile;

/// <summary>
/// What a policy writes to be right in either case, and what an honest one writes around its answer. In the templates @ stands for the gold; 97, 98 and 99 are
/// other values.
/// </summary>
[TestFixture]
public sealed class HedgeTests
{
    private static readonly MathVerifier Training = new();

    private static readonly string[] Golds =
    [
        "5", "293", "-17", "0.25", "\\frac{3}{4}", "2\\sqrt{3}", "x^2+1", "(2, 7]", "(3, -1)", "1000", "\\pi", "\\text{Evelyn}", "3x-2y=5",
        "\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\{1, 2, 3\\}",
    ];

    private static readonly string[] Hedged =
    [
        "\\boxed{@ \\text{ (maybe } 99)}", "\\boxed{@ \\text{ or maybe } 99}", "\\boxed{@ (or 99)}", "\\boxed{@ \\text{ is wrong}}",
        "\\boxed{\\text{not } @}", "\\boxed{@ \\text{, 98, or something else}}", "\\boxed{@ \\text{ if } t>0, 98 \\text{ otherwise}}",
        "\\boxed{@ \\text{ for even } n, 98 \\text{ for odd } n}", "\\boxed{\\text{either } @ \\text{ or } 99}", "\\boxed{@ \\text{ or } 99}",
        "\\boxed{@, 99}", "\\boxed{98} or \\boxed{@}", "\\boxed{98}. Wait, maybe \\boxed{@}", "\\fbox{98}. So $\\boxed{@}$",
        "\\boxed{@} or maybe 99", "\\boxed{@} or 99", "not \\boxed{@}", "The answer is not \\boxed{@}.", "\\boxed{@} is wrong",
        "\\boxed{\\text{possibly } @}", "\\boxed{\\text{perhaps } @}", "\\boxed{@ \\text{ probably}}", "\\boxed{\\text{I guess } @}",
        "\\boxed{@ \\text{ (guess)}}", "\\boxed{\\text{less than } @}", "\\boxed{\\text{at most } @}", "\\boxed{\\text{at least } @}",
        "\\boxed{@ \\text{ or more}}", "\\boxed{@ \\text{ at most}}", "\\boxed{\\text{between } @ \\text{ and } 99}",
        "\\boxed{\\text{anything but } @}", "\\boxed{\\text{twice } @}", "\\boxed{\\text{the opposite of } @}",
        "\\boxed{\\text{a lower bound is } @}", "\\boxed{\\text{one candidate is } @}", "\\boxed{\\text{the wrong answer is } @}",
        "\\boxed{@ \\text{ unless } t = 0}", "\\boxed{@ \\text{ when } t>0, 98 \\text{ when } t<0}", "\\boxed{\\text{if } t>0 \\text{ then } @}",
        "\\boxed{@?}", "\\boxed{@ \\text{ vs. } 99}", "\\boxed{@ \\text{ or not}}", "\\boxed{@ \\text{ (not sure)}}",
        "\\boxed{@ \\text{ cannot be excluded}}", "\\boxed{\\text{some number near } @}", "\\boxed{98 \\to @}", "\\boxed{98 \\text{ or } @}",
        "\\boxed{98; @}", "\\boxed{98 \\text{ then } @}", "\\boxed{98 \\text{ (or } @)}", "Answer: it is either @ or maybe 99",
        "Answer: one of these: 97, 98, @", "Answer: any number other than @", "Answer: less than @", "Answer: it can never be equal to @",
        "Answer: @, but it might be 99", "Answer: $@$ or maybe $99$", "Answer: $98$ or $@$", "Answer: not @", "Answer: I think it could be @",
        "Answer: maybe @", "Answer: perhaps @", "Answer: the value is surely less than @", "Answer: a number greater than @",
        "Answer: @ is not correct", "Answer: it lies between $1$ and $@$", "Answer: there are two options, $98$ and $@$",
        "Answer: twice the number $@$", "Answer: we showed that $@$ is impossible", "Answer: I first got $98$ but a friend got $@$",
        "Answer: the previous exercise had $@$", "Answer: 98 or @", "Answer: 98, 99, @", "Answer: somewhere around... who knows, $@$?",
        "Answer: $@$ if $t>0$, otherwise $98$", "Answer: The answer is not $@$", "Answer: the answer depends; with luck $@$", "Answer: almost $@$",
        "Answer: nearly $@$", "Answer: $@$ at best", "Answer: $@$ plus or minus a bit", "Answer: half of $@$", "Answer: the negative of $@$",
        "Answer: $@$ more than that", "Answer: $@ + 1$ or $@$", "<answer>one of 97, 98 or @</answer>", "<answer>@, but it might be 99</answer>",
        "<answer>some number that is less than @</answer>", "<answer>not $@$</answer>", "<answer>I could not solve it but @ is my guess</answer>",
        "<answer>First we found 98, later @</answer>", "<answer>\\boxed{98} or \\boxed{@}</answer>", "<answer>\\boxed{98}. No, \\boxed{@}</answer>",
        "<answer>\\fbox{98} and so \\boxed{@}</answer>", "<answer>maybe @</answer>", "<answer>the number of wrong answers is @</answer>",
        "<answer>98</answer> although @", "The total is @.", "The answer is @.", "So $@$", "I believe \\boxed{98} or $@$", "\\boxed{98 = 97 + 1, @}",
        "Answer: @\nAnswer: 98", "\\boxed{@} \\boxed{98}",
    ];

    private static readonly string[] Honest =
    [
        "\\boxed{@}", "\\boxed{ @ }", "Thus $\\boxed{@}$.", "$$\\boxed{@}$$", "\\[\\boxed{@}\\]", "\\fbox{@}", "\\boxed{\\text{exactly } @}",
        "\\boxed{\\text{The answer is } @}", "\\boxed{@ \\checkmark}", "\\boxed{@ \\quad (\\text{since } t>0)}", "\\boxed{@ \\text{ (see above)}}",
        "We find \\boxed{@}. Final answer: \\boxed{@}", "The form is \\boxed{}. So \\boxed{@}", "Put it in \\boxed{answer}: \\boxed{@}",
        "So \\boxed{@}. \\boxed{}", "Answer: $@$", "Answer: $@$.", "**Answer:** $@$", "**Answer: $@$**", "Answer:\n$$@$$", "Answer:\n\\[@\\]",
        "Answer: \\(@\\)", "Answer: the answer is $@$", "Answer: The answer is $@$.", "Answer: The final answer is $@$.", "Answer: exactly $@$",
        "Answer: It is $@$.", "Answer: so we get $@$", "Answer: Therefore, the answer is $@$.", "Answer: $@$ is the answer",
        "Answer: $@$ (see above)", "Answer: $@$, because nothing else is left", "Answer: $@$, since all cases are covered",
        "Answer: the result is $@$", "Answer: The value is $@$", "Answer: \\boxed{@}", "Final Answer: $@$", "Answer: **$@$**", "Answer: `$@$`",
        "<answer>$@$</answer>", "<answer>\n$@$\n</answer>", "<answer>\\boxed{@}</answer>", "<answer>The answer is $@$.</answer>",
        "<answer>\\fbox{@} = \\boxed{@}</answer>", "<think>98 or 99?</think> \\boxed{@}", "<think>\\boxed{98}</think> <answer>$@$</answer>",
        "The answer is \\boxed{@}, not 99.", "The answer is \\boxed{@} (see above).", "Hence the answer is exactly \\boxed{@}.",
        "\\boxed{@}, as required.",
    ];

    [TestCaseSource(nameof(Golds))]
    public void Training_Hedges_AreNeverAccepted(string gold)
        => Hedged.Where(template => Training.Verify(gold, template.Replace("@", gold, StringComparison.Ordinal)).IsCorrect).Should().BeEmpty();

    [TestCaseSource(nameof(Golds))]
    public void Training_HonestAnswers_AreAccepted(string gold)
        => Honest.Where(template => !Training.Verify(gold, template.Replace("@", gold, StringComparison.Ordinal)).IsCorrect).Should().BeEmpty();
}
