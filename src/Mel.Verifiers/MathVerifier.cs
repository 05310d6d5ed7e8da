using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;
using Mel.Verifiers.Equivalence;
using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Extraction;
using Mel.Verifiers.Parsing;
using Microsoft.Extensions.Options;

namespace Mel.Verifiers;

/// <summary>
/// Decides whether a response answers a mathematical question as the gold does: extracts the answer, parses both to expression trees, and compares them
/// exactly, modulo primes, or at seeded points in high precision.
/// </summary>
/// <remarks>
/// Holds no mutable state: one instance serves any number of threads. No response makes it throw, and none takes longer than its budgets allow; the verdict
/// depends on nothing but the texts and the options.
/// </remarks>
public sealed class MathVerifier : IVerifier
{
    private readonly ExtractionOptions _extraction;
    private readonly AnswerPolicies _policies;
    private readonly VerifierLimits _limits;
    private readonly string? _questionKey;

    /// <summary>A verifier for rewards: <see cref="ExtractionOptions.Training"/> and defaults for the rest.</summary>
    public MathVerifier()
        : this(new MathVerifierOptions())
    {
    }

    /// <summary>A verifier with the given settings.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    public MathVerifier(MathVerifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ValidateOptionsResult result = new MathVerifierOptionsValidator().Validate(null, options);
        if (result.Failed) throw new OptionsValidationException(nameof(MathVerifierOptions), typeof(MathVerifierOptions), result.Failures);
        // copies: a change of the options after this has no effect on any thread
        _extraction = options.Extraction.Copy();
        _policies = options.Policies.Copy();
        _limits = options.Limits.Copy();
        _questionKey = options.QuestionKey;
    }

    /// <summary>A verifier with one of the extraction presets and defaults for the rest.</summary>
    /// <param name="extraction">Where to look for the answer.</param>
    public MathVerifier(ExtractionOptions extraction)
        : this(new MathVerifierOptions { Extraction = extraction ?? throw new ArgumentNullException(nameof(extraction)) })
    {
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectory);
        string question = _questionKey is not null && prompt.Metadata.TryGetValue(_questionKey, out string? text) ? text : prompt.Text;
        bool truncated = trajectory.FinishReason == FinishReason.Length;
        return ValueTask.FromResult(Verify(prompt.Answer, trajectory.Text, question, truncated, cancellationToken).Verdict);
    }

    /// <summary>Extracts the answer of a response and compares it with the gold.</summary>
    /// <param name="gold">The reference answer: an expression, with or without dollar signs, or a solution that ends in a box.</param>
    /// <param name="response">The response of the model.</param>
    /// <param name="question">The question, where known; it tells whether a percentage was asked for.</param>
    /// <param name="truncated">Whether the response was cut off at its length limit.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    public MathVerification Verify(string gold, string response, string? question = null, bool truncated = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gold);
        ArgumentNullException.ThrowIfNull(response);
        cancellationToken.ThrowIfCancellationRequested();
        if (truncated && _extraction.TruncatedIsNoAnswer) return NoAnswer(gold);
        int skipped = Math.Max(0, response.Length - _limits.ResponseCharacters);
        if (skipped > 0) response = response[skipped..];
        if (IsGoldItself(gold, response) && CanRead(gold))
            return new MathVerification(VerificationOutcome.Equivalent, response, 0, response.Length, ExtractionRule.WholeResponse,
                VerificationMethod.SameForm);
        if (AnswerExtractor.Extract(response, _extraction, _limits.AnswerCharacters) is not { } found) return NoAnswer(gold);
        MathVerification result = Compare(gold, found.Text, question, cancellationToken);
        return result with { Start = found.Start + skipped, Length = found.End - found.Start, Rule = found.Rule };
    }

    /// <summary>Compares an answer that is already extracted with the gold.</summary>
    /// <param name="gold">The reference answer.</param>
    /// <param name="answer">The answer alone, with or without dollar signs.</param>
    /// <param name="question">The question, where known.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    public MathVerification Compare(string gold, string answer, string? question = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gold);
        ArgumentNullException.ThrowIfNull(answer);
        cancellationToken.ThrowIfCancellationRequested();
        if (PlainInteger.AreBoth(gold, answer, out bool equal))
        {
            VerificationOutcome decided = equal ? VerificationOutcome.Equivalent : VerificationOutcome.NotEquivalent;
            return new MathVerification(decided, answer, 0, 0, null, VerificationMethod.ExactNumber);
        }
        ParsedAnswer reference = ReadGold(gold);
        if (reference.Status != ParseStatus.Parsed)
            return new MathVerification(VerificationOutcome.GoldUnparsable, answer, 0, 0, null, VerificationMethod.None);
        ParsedAnswer prediction = ParsedAnswer.Parse(answer, _limits);
        if (prediction.Status != ParseStatus.Parsed)
        {
            bool exceeded = prediction.Status == ParseStatus.LimitExceeded;
            VerificationOutcome failed = exceeded ? VerificationOutcome.LimitExceeded : VerificationOutcome.PredictionUnparsable;
            return new MathVerification(failed, answer, 0, 0, null, VerificationMethod.None);
        }
        AnswerComparer comparer = new(_policies, new StepBudget(_limits.Steps, cancellationToken), question is not null && AsksForPercent(question));
        VerificationOutcome outcome = comparer.Compare(reference, prediction) switch
        {
            Sameness.Equal => VerificationOutcome.Equivalent,
            Sameness.Different => VerificationOutcome.NotEquivalent,
            _ => VerificationOutcome.LimitExceeded,
        };
        return new MathVerification(outcome, answer, 0, 0, null, comparer.Method);
    }

    /// <summary>Whether a gold can be read at all: what to ask of a data set before training on it.</summary>
    /// <param name="gold">The reference answer.</param>
    public bool CanRead(string gold)
    {
        ArgumentNullException.ThrowIfNull(gold);
        return PlainInteger.IsOne(gold) || ReadGold(gold).Status == ParseStatus.Parsed;
    }

    // a response that is the gold letter by letter, under rules that read a bare response at all
    private bool IsGoldItself(string gold, string response)
        => response.Length - gold.Length is >= -8 and <= 8 && response.AsSpan().Trim().SequenceEqual(gold.AsSpan().Trim())
            && _extraction.Rules.Contains(ExtractionRule.WholeResponse);

    private MathVerification NoAnswer(string gold)
        => new(CanRead(gold) ? VerificationOutcome.NoAnswer : VerificationOutcome.GoldUnparsable, null, 0, 0, null, VerificationMethod.None);

    // A gold is an expression; or a solution with a box; or a sentence with mathematics in it.
    private ParsedAnswer ReadGold(string gold)
    {
        if (_extraction.Rules.Contains(ExtractionRule.ChoiceLetter) && ChoiceLetters.Find(gold, 0, gold.Length, _extraction.ChoiceLetters) is { } letter)
            return ParsedAnswer.Parse(letter.Text, _limits);
        if (gold.Contains("boxed", StringComparison.Ordinal)
            && Boxes.Find(gold, 0, gold.Length, mustAgree: false, _limits.AnswerCharacters, out _) is { } box) return ParsedAnswer.Parse(box.Text, _limits);
        ParsedAnswer whole = ParsedAnswer.Parse(gold, _limits);
        if (whole.Status != ParseStatus.Malformed) return whole;
        ExtractedAnswer? part = Phrases.HashMarks(gold, 0, gold.Length) ?? MathSegments.Last(gold, 0, gold.Length);
        return part is { } found ? ParsedAnswer.Parse(found.Text, _limits) : whole;
    }

    private static bool AsksForPercent(string question)
        => question.Contains("percent", StringComparison.OrdinalIgnoreCase) || question.Contains('%', StringComparison.Ordinal);
}
