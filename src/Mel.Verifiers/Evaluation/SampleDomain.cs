namespace Mel.Verifiers.Evaluation;

/// <summary>Which numbers variables are tried with.</summary>
internal enum SampleDomain
{
    /// <summary>Fractions of either sign.</summary>
    Real,

    /// <summary>Positive fractions: where roots and logarithms have real values.</summary>
    Positive,

    /// <summary>Whole numbers from 1 to 17: factorials, binomials, sums.</summary>
    Whole,

    /// <summary>Counters i to n whole, other variables now whole, now real: floors and remainders.</summary>
    Mixed,
}
