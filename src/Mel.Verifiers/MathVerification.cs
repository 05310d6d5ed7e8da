using Mel.Verification;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers;

/// <summary>The outcome of one verification, and how it came about.</summary>
/// <param name="Outcome">What the verification came to.</param>
/// <param name="Answer">The extracted answer as it was parsed; null when there is none.</param>
/// <param name="Start">Index in the response where the span begins that the answer was read from; 0 without an answer.</param>
/// <param name="Length">Length of that span in UTF-16 units; 0 without an answer.</param>
/// <param name="Rule">The rule that found the answer; null when the answer was given as such or there is none.</param>
/// <param name="Method">The comparison that decided.</param>
public sealed record MathVerification(VerificationOutcome Outcome, string? Answer, int Start, int Length, ExtractionRule? Rule, VerificationMethod Method)
{
    /// <summary>Whether the answer equals the gold.</summary>
    public bool IsCorrect => Outcome == VerificationOutcome.Equivalent;

    /// <summary>
    /// The verdict for a reward. A gold that cannot be read is <see cref="Verification.Verdict.Unverifiable"/>, and every answer that is not proven equal is
    /// <see cref="Verification.Verdict.Incorrect"/>.
    /// </summary>
    public Verdict Verdict => Outcome switch
    {
        VerificationOutcome.Equivalent => Verdict.Correct,
        VerificationOutcome.GoldUnparsable => Verdict.Unverifiable,
        _ => Verdict.Incorrect,
    };

    /// <summary>The verdict with its reason and the extracted answer.</summary>
    public Judgement Judgement => new(Verdict, reason: Outcome switch
    {
        VerificationOutcome.Equivalent => null,
        VerificationOutcome.NotEquivalent => "the answer differs from the reference",
        VerificationOutcome.NoAnswer => "no answer was found",
        VerificationOutcome.PredictionUnparsable => "the answer cannot be read",
        VerificationOutcome.GoldUnparsable => "the reference cannot be read",
        _ => "a limit was reached before a decision",
    })
    {
        Answer = Answer,
    };
}

/// <summary>What a verification came to.</summary>
public enum VerificationOutcome
{
    /// <summary>The extracted answer equals the gold.</summary>
    Equivalent,

    /// <summary>The extracted answer was read and differs from the gold.</summary>
    NotEquivalent,

    /// <summary>The response holds no answer that the extraction rules accept.</summary>
    NoAnswer,

    /// <summary>An answer was extracted and does not parse. No part of it is used instead.</summary>
    PredictionUnparsable,

    /// <summary>The gold does not parse, so nothing can be said of any response.</summary>
    GoldUnparsable,

    /// <summary>A budget of <see cref="VerifierLimits"/> ran out before a decision.</summary>
    LimitExceeded,
}
