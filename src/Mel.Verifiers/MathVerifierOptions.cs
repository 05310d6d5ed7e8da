using Mel.Runtime;
using Mel.Verifiers.Rules;
using Microsoft.Extensions.Options;

namespace Mel.Verifiers;

/// <summary>Settings of a <see cref="MathVerifier"/>. The verifier reads them once, when it is made.</summary>
public sealed class MathVerifierOptions
{
    /// <summary>Where to look for the answer in a response.</summary>
    /// <value>The default is <see cref="ExtractionOptions.Training"/>: a verifier is a reward first.</value>
    public ExtractionOptions Extraction { get; set; } = ExtractionOptions.Training;

    /// <summary>What counts as the same answer.</summary>
    /// <value>The default is a fresh <see cref="Rules.AnswerRules"/>.</value>
    public AnswerRules AnswerRules { get; set; } = new();

    /// <summary>Budgets of one verification.</summary>
    /// <value>The default is a fresh <see cref="VerifierLimits"/>.</value>
    public VerifierLimits Limits { get; set; } = new();

    /// <summary>
    /// The key of <see cref="Prompts.Prompt.Metadata"/> under which a prompt holds its question. Needed where <see cref="Prompts.Prompt.Text"/> wraps the
    /// question in a template.
    /// </summary>
    /// <value>The default is null: the text is the question.</value>
    public string? QuestionKey { get; set; }

    internal MathVerifierOptions Copy() => new()
    {
        Extraction = Extraction.Copy(),
        AnswerRules = AnswerRules.Copy(),
        Limits = Limits.Copy(),
        QuestionKey = QuestionKey,
    };
}

/// <summary>Checks <see cref="MathVerifierOptions"/>.</summary>
internal sealed class MathVerifierOptionsValidator : IValidateOptions<MathVerifierOptions>
{
    public ValidateOptionsResult Validate(string? name, MathVerifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rules = new OptionRules();
        Check(rules, options.Extraction);
        Check(rules, options.AnswerRules);
        Check(rules, options.Limits);
        return rules.Result;
    }

    private static void Check(OptionRules rules, ExtractionOptions extraction)
    {
        rules.Require(extraction.Rules.Count > 0, nameof(extraction.Rules), "must name at least one rule: without one no response has an answer");
        foreach (ExtractionRule rule in extraction.Rules) rules.Defined(rule, nameof(extraction.Rules));
        rules.Require(extraction.ChoiceLetters.Length > 0 || !extraction.Rules.Contains(ExtractionRule.ChoiceLetter), nameof(extraction.ChoiceLetters),
            $"must name at least one letter for the rule {ExtractionRule.ChoiceLetter}");
    }

    private static void Check(OptionRules rules, AnswerRules answers)
    {
        rules.Defined(answers.Percent, nameof(answers.Percent));
        rules.Defined(answers.Units, nameof(answers.Units));
        rules.Defined(answers.Bases, nameof(answers.Bases));
        rules.Defined(answers.Degrees, nameof(answers.Degrees));
        rules.Require(answers.DecimalPlaces is >= 1 and <= 60, nameof(answers.DecimalPlaces),
            $"must be within [1, 60], got {answers.DecimalPlaces}: values are computed to 288 bits");
    }

    private static void Check(OptionRules rules, VerifierLimits limits)
    {
        rules.Require(limits.Depth is >= 8 and <= 400, nameof(limits.Depth),
            $"must be within [8, 400], got {limits.Depth}: the parser uses the stack of its caller");
        rules.AtLeast(limits.ResponseCharacters, 1, nameof(limits.ResponseCharacters));
        rules.AtLeast(limits.AnswerCharacters, 1, nameof(limits.AnswerCharacters));
        rules.AtLeast(limits.Tokens, 1, nameof(limits.Tokens));
        rules.AtLeast(limits.Nodes, 1, nameof(limits.Nodes));
        rules.AtLeast(limits.Items, 1, nameof(limits.Items));
        rules.AtLeast(limits.Steps, 1, nameof(limits.Steps));
    }
}
