using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Policy losses against OpenRLHF.</summary>
public static class OpenRlhfLossAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } = [new("openrlhf.policy_loss", Policy)];

    private static GoldenOutputs Policy(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        RatioLevel level = golden.Text("policy_loss_type") == "gspo" ? RatioLevel.Sequence : RatioLevel.Token;
        PolicyLossTerms terms = PolicyLoss.ClippedSurrogate(rows.LogProbs, rows.Old, rows.Advantages, rows.Mask,
            new(golden.Number("clip_eps_low"), golden.Number("clip_eps_high")), golden.NumberOrNull("dual_clip"), level);
        var outputs = new GoldenOutputs();
        Tensor perToken = terms.Loss;
        if (golden.Flag("enable_vllm_is_correction"))
        {
            Tensor sampler = golden.Tensor("rollout_log_prob");
            perToken = perToken * Weights(golden, rows.Old, sampler, rows.Mask);
            outputs.Add("metrics/vllm_kl", MaskedReduce.Mean(sampler - rows.Old, rows.Mask));
        }
        return outputs.AddLoss(MaskedReduce.Aggregate(perToken, rows.Mask, AggregationAdapters.OpenRlhf(golden, rows.Mask)), ("grad_log_prob", rows.LogProbs))
            .Add("metrics/clip_ratio", MaskedReduce.Mean((terms.ClippedLow | terms.ClippedHigh).to_type(ScalarType.Float64), rows.Mask)).Add("metrics/ppo_kl", rows.MeanLogRatio(null));
    }

    private static Tensor Weights(GoldenCase golden, Tensor old, Tensor sampler, Tensor mask)
    {
        double[] bounds = golden.Numbers1("vllm_is_truncated_threshold")!;
        if (golden.Text("vllm_is_correction_type") != "seq-mask-tis")
            return SamplerMismatch.Weights(old, sampler, mask, RatioLevel.Token, golden.Text("vllm_is_correction_type") == "tis" ? MismatchRule.Truncate : MismatchRule.Mask, bounds[0], bounds[1]);
        Tensor gate = SamplerMismatch.Weights(old, sampler, mask, RatioLevel.Sequence, MismatchRule.Mask, bounds[0], bounds[1], geometricMean: true).gt(0);
        return SamplerMismatch.Weights(old, sampler, mask, RatioLevel.Token, max: null) * gate;
    }
}
