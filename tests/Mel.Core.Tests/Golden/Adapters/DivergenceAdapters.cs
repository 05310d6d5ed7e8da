using Mel.Advantages;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Divergence estimators and their place in the reward against verl, OpenRLHF and TRL.</summary>
public static class DivergenceAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.kl_penalty", c => PerToken(c, Verl(c.Text("kl_penalty")), 20, VerlLimit(c.Text("kl_penalty")))),
        new("openrlhf.compute_approx_kl", c => PerToken(c, Verl(c.Text("kl_estimator")), 20, 10)),
        new("trl.k3", c => PerToken(c, KlEstimator.K3, null, null)),
        new("verl.apply_kl_penalty", ApplyPenalty),
        new("openrlhf.compute_reward", ComputeReward),
    ];

    public static KlEstimator Verl(string name) => name switch
    {
        "k1" or "kl" => KlEstimator.K1,
        "abs" => KlEstimator.Absolute,
        "k2" or "mse" => KlEstimator.K2,
        "k3" or "low_var_kl" => KlEstimator.K3,
        "k1+" => KlEstimator.K1StraightThrough,
        "k3+" => KlEstimator.K3StraightThrough,
        _ => throw new NotSupportedException($"Estimator '{name}'"),
    };

    /// <summary>verl clamps the value of k3 only.</summary>
    public static double? VerlLimit(string name) => name is "k3" or "k3+" or "low_var_kl" ? 10 : null;

    /// <summary>The files hold garbage at masked positions of the result too; the references mask it in a later step.</summary>
    private static GoldenOutputs PerToken(GoldenCase golden, KlEstimator estimator, double? maxLogRatio, double? maxValue)
    {
        Tensor logProbs = golden.Tensor("log_prob", requiresGrad: true), reference = golden.Tensor("ref_log_prob"), mask = golden.Tensor("mask");
        Tensor masked = Divergence.PerToken(estimator, logProbs, reference, mask, maxLogRatio, maxValue);
        Tensor everywhere = Divergence.PerToken(estimator, logProbs.detach(), reference, ones_like(mask), maxLogRatio, maxValue);
        return new GoldenOutputs().Add("kl", where(mask.ne(0), masked, everywhere)).AddGradients(masked.sum(), ("grad_log_prob", logProbs));
    }

    private static GoldenOutputs ApplyPenalty(GoldenCase golden)
    {
        Tensor mask = golden.Tensor("response_mask");
        string name = golden.Text("kl_penalty");
        Tensor kl = Divergence.PerToken(Verl(name), golden.Tensor("old_log_prob"), golden.Tensor("ref_log_prob"), mask, 20, VerlLimit(name));
        return new GoldenOutputs().Add("token_level_rewards", golden.Tensor("token_level_scores") - kl * golden.Number("kl_coef")).Add("mean_kl", MaskedReduce.RowMean(kl, mask).mean());
    }

    private static GoldenOutputs ComputeReward(GoldenCase golden)
    {
        GoldenTensor mask = golden.Input("action_mask"), kl = golden.Input("kl"), rewards = golden.Input("rewards");
        double[] clip = golden.Numbers1("reward_clip_range")!;
        return new GoldenOutputs().Add("token_level_rewards", Enumerable.Range(0, mask.Rows).SelectMany(r =>
            TokenReturns.OutcomeReward(Math.Clamp(rewards.Data[r], clip[0], clip[1]), mask.Columns, kl.Row(r), golden.Number("kl_coef"), mask.MaskRow(r))));
    }
}
