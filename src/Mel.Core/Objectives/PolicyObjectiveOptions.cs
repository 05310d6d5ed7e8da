using Mel.Losses;

namespace Mel.Objectives;

/// <summary>What every policy-gradient objective has in common: how tokens become a scalar, and the terms beside the policy loss.</summary>
public class PolicyObjectiveOptions
{
    /// <summary>How the loss of [B, T] tokens becomes a scalar.</summary>
    /// <value>The default is <see cref="Aggregation.TokenMean"/>; the paper's Eq. 10 is <see cref="Aggregation.SequenceMeanTokenMean"/>.</value>
    public Aggregation Aggregation { get; set; } = Aggregation.TokenMean;

    /// <summary>L, tokens: the divisor of <see cref="Aggregation.FixedLength"/> (Dr.GRPO), usually the token limit of the rollouts.</summary>
    /// <value>The default is 0, which that aggregation refuses.</value>
    public int FixedLength { get; set; }

    /// <summary>beta: weight of the divergence from the reference policy in the loss; above 0 the run needs a reference policy.</summary>
    /// <value>The default is 0: Eq. 10 has no such term.</value>
    public double KlCoefficient { get; set; }

    /// <summary>How the divergence is estimated. k1 is refused in the loss: its expected gradient is zero.</summary>
    /// <value>The default is <see cref="KlEstimator.K2"/>, whose gradient on-policy is that of the reverse divergence.</value>
    public KlEstimator KlEstimator { get; set; } = KlEstimator.K2;

    /// <summary>Weight of the entropy bonus.</summary>
    /// <value>The default is 0.</value>
    public double EntropyCoefficient { get; set; }

    /// <summary>Whether the entropy is computed for the report even where the loss does not need it.</summary>
    /// <value>The default is true.</value>
    public bool ReportEntropy { get; set; } = true;
}
