namespace Mel.Losses;

/// <summary>What happens to an importance weight outside its bounds.</summary>
public enum MismatchRule
{
    /// <summary>The weight is clamped to the bound (truncated importance sampling; verl with one threshold, TRL <c>*_truncate</c>, OpenRLHF <c>tis</c>).</summary>
    Truncate,

    /// <summary>The weight becomes 0: what it stands for does not train (IcePop; verl with two thresholds, TRL <c>*_mask</c>, OpenRLHF <c>icepop</c>).</summary>
    Mask,
}
