namespace Mel.Verifiers.Rules;

/// <summary>Which comparison decided a verification.</summary>
public enum VerificationMethod
{
    /// <summary>None: nothing was compared.</summary>
    None,

    /// <summary>Exact rational numbers.</summary>
    ExactNumber,

    /// <summary>The same expression, part by part.</summary>
    SameForm,

    /// <summary>Agreement or difference modulo two primes, with variables at random whole numbers.</summary>
    ModularIdentity,

    /// <summary>Values at seeded points: doubles to reject, 288 bits to accept.</summary>
    NumericIdentity,

    /// <summary>Logarithms of numbers too large to be written.</summary>
    Magnitude,

    /// <summary>A decimal within the tolerance of an exact value, or a gold that is a rounding of it.</summary>
    Rounding,

    /// <summary>Words or choice letters.</summary>
    Text,

    /// <summary>Elements of lists, sets, tuples, intervals or matrices; each by one of the other methods.</summary>
    Structure,

    /// <summary>Equations or inequalities with the same solutions.</summary>
    Relation,
}
