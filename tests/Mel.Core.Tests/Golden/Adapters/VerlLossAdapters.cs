using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Policy losses against verl.</summary>
public static class VerlLossAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.vanilla", Vanilla),
        new("verl.gspo", Gspo),
        new("verl.cispo", Cispo),
        new("verl.sapo", Sapo),
        new("verl.gpg_loss", c => Reinforce(c, withMetrics: false)),
        new("verl.reinforce", c => Reinforce(c, withMetrics: true)),
        new("verl.ppo_loss", Combined),
    ];

    private static ClipRange Clip(GoldenCase golden)
    {
        double both = golden.Number("clip_ratio");
        return new(golden.Number("clip_ratio_low", both), golden.Number("clip_ratio_high", both));
    }

    private static GoldenOutputs Vanilla(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        double dual = golden.Number("clip_ratio_c", 3);
        PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, Clip(golden), dual);
        return rows.Outputs(rows.Corrected(terms.Loss)).AddMetrics(rows, terms, dual);
    }

    private static GoldenOutputs Gspo(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, Clip(golden), level: RatioLevel.Sequence, maxLogRatio: 10);
        return rows.Outputs(rows.Corrected(terms.Loss)).AddMetrics(rows, terms, double.PositiveInfinity, maxLogRatio: null);
    }

    private static GoldenOutputs Cispo(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        ClipRange clip = Clip(golden);
        double max = 1 + clip.High, min = Math.Max(0, 1 - clip.Low);
        PolicyLossTerms terms = PolicyLoss.Cispo(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, max, min);
        Tensor bounded = terms.Ratio.lt(min) | terms.Ratio.gt(max);
        return rows.Outputs(rows.Corrected(terms.Loss)).Add("metrics/actor/pg_clipfrac", MaskedReduce.Mean(bounded.to_type(float64), rows.Mask))
            .Add("metrics/actor/ppo_kl", rows.MeanLogRatio(20)).Add("metrics/actor/pg_clipfrac_lower", 0);
    }

    private static GoldenOutputs Sapo(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        Tensor loss = PolicyLoss.SoftGated(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, golden.Number("tau_pos"), golden.Number("tau_neg"));
        return rows.Outputs(loss).Add("metrics/actor/pg_clipfrac", 0).Add("metrics/actor/ppo_kl", rows.MeanLogRatio(20)).Add("metrics/actor/pg_clipfrac_lower", 0);
    }

    private static GoldenOutputs Reinforce(GoldenCase golden, bool withMetrics)
    {
        var rows = new LossRows(golden, oldName: withMetrics ? "rollout_log_prob" : "old_log_prob");
        GoldenOutputs outputs = rows.Outputs(rows.Corrected(PolicyLoss.Reinforce(rows.LogProbs, rows.Advantages, rows.Mask)));
        return withMetrics ? outputs.Add("metrics/actor/ppo_kl", rows.MeanLogRatio(null)) : outputs;
    }

    /// <summary>Policy loss + KL loss - entropy bonus, each aggregated the same way.</summary>
    private static GoldenOutputs Combined(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        double dual = golden.Number("clip_ratio_c");
        Tensor entropy = golden.Tensor("entropy", requiresGrad: true);
        PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, Clip(golden), dual);
        LossNormalizer normalizer = AggregationAdapters.Verl(golden, rows.Mask);
        string estimator = golden.Text("kl_loss_type");
        Tensor policy = MaskedReduce.Aggregate(terms.Loss, rows.Mask, normalizer), bonus = MaskedReduce.Aggregate(entropy, rows.Mask, normalizer);
        Tensor divergence = Divergence.PerToken(DivergenceAdapters.Verl(estimator), rows.LogProbs, golden.Tensor("ref_log_prob"), rows.Mask, 20, DivergenceAdapters.VerlLimit(estimator));
        Tensor kl = MaskedReduce.Aggregate(divergence, rows.Mask, normalizer);
        Tensor loss = policy - bonus * golden.Number("entropy_coeff") + kl * golden.Number("kl_loss_coef");
        return new GoldenOutputs().AddLoss(loss, ("grad_log_prob", rows.LogProbs), ("grad_entropy", entropy)).AddMetrics(rows, terms, dual)
            .Add("metrics/actor/pg_loss", policy).Add("metrics/actor/entropy_loss", bonus).Add("metrics/kl_loss", kl).Add("metrics/kl_coef", golden.Number("kl_loss_coef"));
    }

    private static GoldenOutputs AddMetrics(this GoldenOutputs outputs, LossRows rows, PolicyLossTerms terms, double dualClip, double? maxLogRatio = 20) => outputs
        .Add("metrics/actor/pg_clipfrac", MaskedReduce.Mean((terms.ClippedLow | terms.ClippedHigh).to_type(float64), rows.Mask))
        .Add("metrics/actor/pg_clipfrac_lower", MaskedReduce.Mean((terms.Ratio.gt(dualClip) & rows.Advantages.lt(0)).to_type(float64), rows.Mask))
        .Add("metrics/actor/ppo_kl", rows.MeanLogRatio(maxLogRatio));
}
