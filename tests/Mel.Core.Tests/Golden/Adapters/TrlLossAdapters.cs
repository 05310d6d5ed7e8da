using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>GRPO losses against TRL, which clamps no log-ratio and counts rows without tokens in its sequence means.</summary>
public static class TrlLossAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } = [new("trl.grpo_loss", Grpo)];

    private static GoldenOutputs Grpo(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        Tensor entropy = golden.Tensor("entropy", requiresGrad: true);
        var outputs = new GoldenOutputs();
        Tensor perToken = PerToken(golden, rows, outputs);
        if (golden.Has("importance_sampling_ratio")) perToken = perToken * golden.Tensor("importance_sampling_ratio");
        if (golden.Number("beta") != 0)
        {
            Tensor kl = Divergence.K3(rows.LogProbs, golden.Tensor("ref_log_prob"), rows.Mask, maxLogRatio: null);
            RatioLevel level = golden.Text("importance_sampling_level") == "sequence" ? RatioLevel.Sequence : RatioLevel.Token;
            if (golden.Flag("use_bias_correction_kl")) kl = kl * PolicyLoss.Ratio(rows.LogProbs, rows.Old, rows.Mask, level, maxLogRatio: null);
            perToken = perToken + kl * golden.Number("beta");
            outputs.Add("metrics/kl", MaskedReduce.Mean(kl, rows.Mask));
        }
        Tensor meanEntropy = MaskedReduce.Mean(entropy, rows.Mask);
        outputs.Add("metrics/entropy", meanEntropy);
        Tensor loss = MaskedReduce.Aggregate(perToken, rows.Mask, Normalizer(golden, rows.Mask));
        double bonus = golden.Number("entropy_coef", 0);
        if (bonus != 0)
        {
            double accumulation = golden.Number("gradient_accumulation_steps");
            outputs.Add("metrics/entropy_coef", bonus).Add("metrics/policy_loss", loss);
            loss = loss - meanEntropy * (bonus / accumulation);
        }
        return outputs.AddLoss(loss, ("grad_log_prob", rows.LogProbs), ("grad_entropy", entropy));
    }

    private static Tensor PerToken(GoldenCase golden, LossRows rows, GoldenOutputs outputs)
    {
        double low = golden.Number("epsilon_low"), high = golden.Number("epsilon_high");
        switch (golden.Text("loss_type"))
        {
            case "cispo":
                PolicyLossTerms capped = PolicyLoss.Cispo(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, maxWeight: high, maxLogRatio: null);
                outputs.Add("metrics/cispo_clip_ratio", MaskedReduce.Mean(capped.ClippedHigh.to_type(float64), rows.Mask));
                return capped.Loss;
            case "sapo":
                return PolicyLoss.SoftGated(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, golden.Number("sapo_temperature_pos"), golden.Number("sapo_temperature_neg"), maxLogRatio: null);
            default:
                RatioLevel level = golden.Text("importance_sampling_level") == "sequence" ? RatioLevel.Sequence : RatioLevel.Token;
                PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask, new(low, high), level: level, delta: golden.NumberOrNull("delta"), maxLogRatio: null);
                AddClipRatios(outputs, rows, terms, level);
                return terms.Loss;
        }
    }

    /// <summary>TRL's sequence ratio has one column, and its clip ratios then count rows, not tokens.</summary>
    private static void AddClipRatios(GoldenOutputs outputs, LossRows rows, PolicyLossTerms terms, RatioLevel level)
    {
        outputs.Add("metrics/clip_ratio/low_mean", Fraction(terms.ClippedLow, rows.Mask, level)).Add("metrics/clip_ratio/high_mean", Fraction(terms.ClippedHigh, rows.Mask, level))
            .Add("metrics/clip_ratio/region_mean", Fraction(terms.ClippedLow | terms.ClippedHigh, rows.Mask, level))
            .Add("metrics/clip_ratio/low_min", MaskedReduce.RowMean(terms.ClippedLow.to_type(float64), rows.Mask).min())
            .Add("metrics/clip_ratio/high_max", MaskedReduce.RowMean(terms.ClippedHigh.to_type(float64), rows.Mask).max());
    }

    private static Tensor Fraction(Tensor clipped, Tensor mask, RatioLevel level)
        => level == RatioLevel.Token ? MaskedReduce.Mean(clipped.to_type(float64), mask) : (clipped & mask.ne(0)).any(1).to_type(float64).mean();

    private static LossNormalizer Normalizer(GoldenCase golden, Tensor mask)
    {
        LossNormalizer local = LossNormalizer.FromMask(Aggregation.TokenMean, mask);
        double rows = mask.size(0), accumulation = golden.Number("gradient_accumulation_steps", 1);
        return golden.Text("loss_type") switch
        {
            "bnpo" => local with { TotalTokens = local.TotalTokens * accumulation },
            "dr_grpo" => new(Aggregation.FixedLength, 0, rows * accumulation, golden.Number("max_completion_length")),
            "dapo" or "cispo" => local with { TotalTokens = Math.Max(golden.Number("num_items_in_batch"), 1) },
            _ => new(Aggregation.SequenceMeanTokenMean, 0, rows * accumulation),
        };
    }
}
