namespace Mel.Core.Tests.Golden;

/// <summary>What Mel does not offer. This list is the only reason for which a case is not compared.</summary>
public static class OutOfScope
{
    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["verl.opo"] = "length-weighted baseline (OPO)",
        ["verl.gpg"] = "GPG advantages",
        ["verl.grpo_passk"] = "pass@k advantages",
        ["verl.remax"] = "greedy baseline (ReMax)",
        ["verl.gdpo"] = "token-level whitening of several rewards; MultipleRewards follows TRL",
        ["trl.rloo_advantages"] = "RLOO with batch normalization and KL summed over the sequence",
        ["trl.rloo_loss"] = "ratio of summed log-probs",
        ["trl.nanstd"] = "statistics helper",
        ["verl.group_mean_std"] = "float32 statistics helper",
        ["verl_jan2026.agg_loss"] = "legacy Dr.GRPO divisor",
        ["verl.geo_mean"] = "GMPO",
        ["verl.dppo_tv"] = "DPPO as verl runs it; ProbabilityGated follows prime-rl",
        ["verl.dppo_kl"] = "DPPO by divergence",
        ["verl.dro"] = "DRO",
        ["verl.kl_cov"] = "KL-Cov",
        ["verl.adaptive_kl_controller"] = "adaptive KL coefficient",
        ["verl.rollout_rejection_mask"] = "rejection of rollouts",
        ["verl.offpolicy_metrics"] = "off-policy diagnostics",
        ["openrlhf.stop_properly"] = "penalty for truncated responses",
    };

    /// <summary>Why a case is out of scope, or null when it must pass.</summary>
    public static string? Reason(GoldenCase golden) => golden.Function switch
    {
        "trl.grpo_loss" when golden.Text("loss_type") is "luspo" or "vespo" => $"loss type {golden.Text("loss_type")}",
        "trl.grpo_loss" when golden.NumberOrNull("off_policy_mask_threshold") is not null => "off-policy sequence mask",
        "trl.grpo_loss" when golden.Number("top_entropy_quantile", 1) < 1 => "mask of high-entropy tokens",
        _ => Functions.GetValueOrDefault(golden.Function),
    };

    /// <summary>Diagnostics that a reference prints beside its result and that Mel has no function for.</summary>
    public static bool IsMetric(string function, string output) => function == "verl.rollout_is_weights" && output.StartsWith("metrics/", StringComparison.Ordinal);
}
