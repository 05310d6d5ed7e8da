namespace Mel.Objectives;

/// <summary>CISPO: a capped importance weight on a plain policy gradient, so that no token loses its gradient.</summary>
public sealed class CispoOptions : PolicyObjectiveOptions
{
    /// <summary>Upper bound of the weight, absolute (TRL's <c>epsilon_high</c> for cispo; verl's is 1 + its <c>clip_ratio_high</c>).</summary>
    /// <value>The default is 5.</value>
    public double MaxWeight { get; set; } = 5.0;

    /// <summary>Lower bound of the weight, absolute.</summary>
    /// <value>The default is 0, no bound.</value>
    public double MinWeight { get; set; }
}
