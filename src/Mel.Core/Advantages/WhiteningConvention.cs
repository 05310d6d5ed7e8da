namespace Mel.Advantages;

/// <summary>How the standard deviation of REINFORCE++ is computed.</summary>
public enum WhiteningConvention
{
    /// <summary>sqrt(sum of squares / (n - 1) + 1e-8) (verl).</summary>
    Unbiased,

    /// <summary>sqrt(max(sum of squares / n, 1e-8)) (OpenRLHF).</summary>
    Population,

    /// <summary>The mean is subtracted and nothing is divided (OpenRLHF <c>no_std_norm</c>).</summary>
    MeanOnly,
}
