namespace Mel.Verification;

/// <summary>What a verifier says of one trajectory. <see cref="Correct"/> is reward 1 and <see cref="Incorrect"/> reward 0 of Eq. 1.</summary>
public enum Verdict
{
    /// <summary>The answer is wrong, missing, malformed or not terminated: reward 0.</summary>
    Incorrect,

    /// <summary>The answer equals the reference: reward 1.</summary>
    Correct,

    /// <summary>No judgement is possible, for instance because the reference cannot be read. The trajectory leaves the group's statistics; it is not a zero.</summary>
    Unverifiable,
}
