using Microsoft.Extensions.Options;

namespace Mel.Verifiers;

/// <summary>Checks <see cref="MathVerifierOptions"/>; the same check with and without a container.</summary>
public sealed class MathVerifierOptionsValidator : IValidateOptions<MathVerifierOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MathVerifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResultBuilder errors = new();
        VerifierLimits limits = options.Limits;
        if (options.Extraction.Rules.Count == 0)
            errors.AddError("must name at least one rule: without one no response has an answer", nameof(ExtractionOptions.Rules));
        if (options.Extraction.ChoiceLetters.Length == 0 && options.Extraction.Rules.Contains(ExtractionRule.ChoiceLetter))
            errors.AddError("must name at least one letter for the rule ChoiceLetter", nameof(ExtractionOptions.ChoiceLetters));
        if (options.Policies.DecimalPlaces is < 1 or > 60)
            errors.AddError($"must be between 1 and 60, got {options.Policies.DecimalPlaces}: values are computed to 288 bits",
                nameof(AnswerPolicies.DecimalPlaces));
        if (limits.Depth is < 8 or > 400)
            errors.AddError($"must be between 8 and 400, got {limits.Depth}: the parser uses the stack of its caller", nameof(VerifierLimits.Depth));
        Positive(limits.ResponseCharacters, nameof(VerifierLimits.ResponseCharacters));
        Positive(limits.AnswerCharacters, nameof(VerifierLimits.AnswerCharacters));
        Positive(limits.Tokens, nameof(VerifierLimits.Tokens));
        Positive(limits.Nodes, nameof(VerifierLimits.Nodes));
        Positive(limits.Items, nameof(VerifierLimits.Items));
        Positive(limits.Steps, nameof(VerifierLimits.Steps));
        return errors.Build();

        void Positive(int value, string property)
        {
            if (value < 1) errors.AddError($"must be at least 1, got {value}", property);
        }
    }
}
