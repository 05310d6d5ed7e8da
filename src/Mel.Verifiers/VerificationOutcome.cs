namespace Mel.Verifiers;

/// <summary>What a verification came to.</summary>
public enum VerificationOutcome
{
    /// <summary>The extracted answer equals the gold.</summary>
    Equivalent,

    /// <summary>The extracted answer was read and differs from the gold.</summary>
    NotEquivalent,

    /// <summary>The response holds no answer that the extraction rules accept.</summary>
    NoAnswer,

    /// <summary>An answer was extracted and does not parse; no part of it is used instead.</summary>
    PredictionUnparsable,

    /// <summary>The gold does not parse: nothing can be said of any response.</summary>
    GoldUnparsable,

    /// <summary>A budget of <see cref="VerifierLimits"/> ran out before a decision.</summary>
    LimitExceeded,
}
