using System.Diagnostics.CodeAnalysis;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;
using Mel.Verifiers.Equivalence;
using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Extraction;
using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;
using Microsoft.Extensions.Options;

namespace Mel.Verifiers;

/// <summary>
/// Decides whether a response answers a mathematical question as the gold does. It extracts the answer, parses answer and gold to expression trees, and
/// compares the trees exactly, modulo primes, or at seeded points in high precision.
/// </summary>
/// <remarks>
/// A verifier holds no mutable state: one instance serves any number of threads. No response makes it throw, and none takes longer than the budgets allow. The
/// verdict depends on nothing but the texts and the options.
/// </remarks>
public sealed class MathVerifier : IVerifier, IRunPart
{
    private readonly MathVerifierOptions _options;
    private readonly Reading _reading;

    /// <summary>A verifier for rewards: <see cref="ExtractionOptions.Training"/> and defaults for the rest.</summary>
    public MathVerifier()
        : this(new MathVerifierOptions())
    {
    }

    /// <summary>A verifier with the given settings.</summary>
    /// <param name="options">The settings; read once.</param>
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    public MathVerifier(MathVerifierOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // a copy: a later change of the caller's object has no effect on any thread
        _options = OptionRules.Checked(options, new MathVerifierOptionsValidator()).Copy();
        ExtractionOptions extraction = _options.Extraction;
        _reading = new Reading(extraction.DisagreeingBoxesAreNoAnswer, extraction.WholeStatements, _options.Limits.AnswerCharacters, null);
    }

    /// <summary>A verifier with one of the extraction presets and defaults for the rest.</summary>
    /// <param name="extraction">Where to look for the answer; read once.</param>
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    public MathVerifier(ExtractionOptions extraction)
        : this(new MathVerifierOptions { Extraction = extraction ?? throw new ArgumentNullException(nameof(extraction)) })
    {
    }

    /// <inheritdoc/>
    public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectory);
        string question = _options.QuestionKey is { } key && prompt.Metadata.TryGetValue(key, out string? text) ? text : prompt.Text;
        bool truncated = trajectory.FinishReason == FinishReason.Length;
        return ValueTask.FromResult(Verify(prompt.Answer, trajectory.Text, question, truncated, cancellationToken).Judgement);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        identity.Within(nameof(_options.Extraction), () => identity.SetOptions(_options.Extraction));
        identity.Within(nameof(_options.AnswerRules), () => identity.SetOptions(_options.AnswerRules));
        identity.Within(nameof(_options.Limits), () => identity.SetOptions(_options.Limits));
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
        if (truncated && _options.Extraction.TruncatedIsNoAnswer) return NoAnswer(gold);
        int skipped = Math.Max(0, response.Length - _options.Limits.ResponseCharacters);
        if (skipped > 0) response = response[skipped..];
        if (IsGoldItself(gold, response) && CanRead(gold))
        {
            ExtractionRule rule = ExtractionRule.WholeResponse;
            return new MathVerification(VerificationOutcome.Equivalent, response, 0, response.Length, rule, VerificationMethod.SameForm);
        }
        Reading reading = _reading.BoxesMustAgree ? HowToRead(cancellationToken) : _reading;
        if (AnswerExtractor.Extract(response, _options.Extraction, reading) is not { } found) return NoAnswer(gold);
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
        ParsedAnswer reference = GoldReader.Read(gold, _options, out _);
        if (reference.Status != ParseStatus.Parsed)
            return new MathVerification(VerificationOutcome.GoldUnparsable, answer, 0, 0, null, VerificationMethod.None);
        ParsedAnswer prediction = ParsedAnswer.Parse(answer, _options.Limits);
        if (prediction.Status != ParseStatus.Parsed)
        {
            bool exceeded = prediction.Status == ParseStatus.LimitExceeded;
            VerificationOutcome failed = exceeded ? VerificationOutcome.LimitExceeded : VerificationOutcome.PredictionUnparsable;
            return new MathVerification(failed, answer, 0, 0, null, VerificationMethod.None);
        }
        StepBudget budget = new(_options.Limits.Steps, cancellationToken);
        AnswerComparer comparer = new(_options.AnswerRules, budget, percentAsked: question is not null && Questions.AskForPercent(question));
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
    public bool CanRead(string gold) => CanRead(gold, out _);

    /// <summary>
    /// Whether a gold can be read at all, and why not: a sentence that does not come to one value, values under conditions, an unknown notation.
    /// </summary>
    /// <param name="gold">The reference answer.</param>
    /// <param name="reason">What is wrong with the gold and what to do; null when it can be read.</param>
    public bool CanRead(string gold, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(gold);
        reason = null;
        if (PlainInteger.IsOne(gold)) return true;
        GoldReader.Read(gold, _options, out reason);
        return reason is null;
    }

    // a response that is the gold letter by letter, under rules that read a bare response at all
    private bool IsGoldItself(string gold, string response)
        => response.Length - gold.Length is >= -8 and <= 8 && response.AsSpan().Trim().SequenceEqual(gold.AsSpan().Trim())
            && _options.Extraction.Rules.Contains(ExtractionRule.WholeResponse);

    private MathVerification NoAnswer(string gold)
        => new(CanRead(gold) ? VerificationOutcome.NoAnswer : VerificationOutcome.GoldUnparsable, null, 0, 0, null, VerificationMethod.None);

    private Reading HowToRead(CancellationToken cancellationToken)
    {
        StepBudget? budget = null;
        return _reading with { SameValue = (one, other) => HaveSameValue(one, other, budget ??= new(_options.Limits.Steps, cancellationToken)) };
    }

    // all boxes of a response share one budget
    private bool HaveSameValue(string one, string other, StepBudget budget)
    {
        ParsedAnswer a = ParsedAnswer.Parse(one, _options.Limits), b = ParsedAnswer.Parse(other, _options.Limits);
        if (a.Status != ParseStatus.Parsed || b.Status != ParseStatus.Parsed) return false;
        AnswerComparer comparer = new(_options.AnswerRules, budget, percentAsked: false);
        return comparer.Compare(a, b) == Sameness.Equal || comparer.Compare(b, a) == Sameness.Equal;
    }
}
