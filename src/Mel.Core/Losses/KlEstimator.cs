namespace Mel.Losses;

/// <summary>Estimators of KL(pi_theta || pi_ref) from sampled tokens, with d = log pi_ref - log pi_theta (Schulman, "Approximating KL divergence").</summary>
public enum KlEstimator
{
    /// <summary>-d. Unbiased value; its gradient has expectation 0, so it belongs into the reward and is refused in the loss.</summary>
    K1,

    /// <summary>|d|.</summary>
    Absolute,

    /// <summary>d^2 / 2. Biased value, right gradient on-policy: the estimator for a loss.</summary>
    K2,

    /// <summary>e^d - d - 1. Unbiased, non-negative, low variance; biased gradient.</summary>
    K3,

    /// <summary>The value of k1 with the gradient of k2 (verl <c>k1+</c>).</summary>
    K1StraightThrough,

    /// <summary>The value of k3 with the gradient of k2 (verl <c>k3+</c>).</summary>
    K3StraightThrough,
}
