using Mel.Head;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Chunks of a larger batch, and losses straight from hidden states, against Liger.</summary>
public static class LigerAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("liger.grpo_loss", Chunk),
        new("liger.fused_linear_grpo", Fused),
    ];

    private static GoldenOutputs Chunk(GoldenCase golden)
    {
        var rows = new LossRows(golden);
        (Tensor perToken, Tensor clipped) = PerToken(golden, rows.LogProbs, rows.Old, rows.Advantages, rows.Mask);
        var metrics = new List<double>();
        LossNormalizer normalizer = Normalizer(golden, golden.Tensor("full_mask"));
        double fullTokens = LossNormalizer.FromMask(Aggregation.TokenMean, golden.Tensor("full_mask")).TotalTokens;
        if (golden.Number("beta") != 0)
        {
            Tensor kl = Divergence.K3(rows.LogProbs, golden.Tensor("ref_log_prob"), rows.Mask, maxLogRatio: null);
            perToken = perToken + kl * golden.Number("beta");
            metrics.Add(MaskedReduce.Aggregate(kl.detach(), rows.Mask, new(Aggregation.TokenMean, fullTokens, 0)).item<double>());
        }
        metrics.Add(MaskedReduce.Aggregate(clipped.to_type(ScalarType.Float64), rows.Mask, new(Aggregation.TokenMean, fullTokens, 0)).item<double>());
        return new GoldenOutputs().AddLoss(MaskedReduce.Aggregate(perToken, rows.Mask, normalizer), ("grad_log_prob", rows.LogProbs)).Add("metrics", metrics);
    }

    /// <summary>A bias becomes one more column of the head, with a hidden state of constant 1.</summary>
    private static GoldenOutputs Fused(GoldenCase golden)
    {
        Tensor hidden = golden.Tensor("hidden", requiresGrad: true), weight = golden.Tensor("weight", requiresGrad: true);
        Tensor bias = golden.Has("bias") ? golden.Tensor("bias", requiresGrad: true) : zeros(weight.size(0), requires_grad: true);
        Tensor mask = golden.Tensor("response_mask"), old = golden.Tensor("old_log_prob"), advantages = golden.Tensor("advantages");
        long width = hidden.size(2);
        Tensor rows = cat([hidden.reshape(-1, width), ones(mask.numel(), 1)], 1), head = cat([weight, bias.unsqueeze(1)], 1);
        Tensor logProbs = TokenLogProbs.FromHidden(rows, head, golden.Tensor("selected_token_ids").reshape(-1), golden.Number("temperature"), chunkRows: 3).LogProbs.reshape(mask.shape);
        (Tensor perToken, Tensor clipped) = PerToken(golden, logProbs, old, advantages, mask);
        var metrics = new List<double>();
        if (golden.Number("beta") != 0)
        {
            Tensor kl = Divergence.K3(logProbs, golden.Tensor("ref_log_prob"), mask, maxLogRatio: null);
            perToken = perToken + kl * golden.Number("beta");
            metrics.Add(MaskedReduce.Mean(kl.detach(), mask).item<float>());
        }
        metrics.Add(MaskedReduce.Mean(clipped.to_type(ScalarType.Float32), mask).item<float>());
        return new GoldenOutputs().AddLoss(MaskedReduce.Aggregate(perToken, mask, Normalizer(golden, mask)), ("grad_hidden", hidden), ("grad_weight", weight), ("grad_bias", bias)).Add("metrics", metrics);
    }

    private static (Tensor Loss, Tensor Clipped) PerToken(GoldenCase golden, Tensor logProbs, Tensor old, Tensor advantages, Tensor mask)
    {
        double low = golden.Number("epsilon_low"), high = golden.Number("epsilon_high");
        if (golden.Text("loss_type") == "sapo")
        {
            Tensor gated = PolicyLoss.SoftGated(logProbs, old, advantages, mask, maxLogRatio: null);
            return (gated, zeros_like(gated).to_type(ScalarType.Bool));
        }
        PolicyLossTerms terms = golden.Text("loss_type") == "cispo"
            ? PolicyLoss.Cispo(logProbs, old, advantages, mask, maxWeight: high, maxLogRatio: null)
            : PolicyLoss.ClippedSurrogate(logProbs, old, advantages, mask, new(low, high), maxLogRatio: null);
        return (terms.Loss, terms.ClippedLow | terms.ClippedHigh);
    }

    private static LossNormalizer Normalizer(GoldenCase golden, Tensor fullMask)
    {
        double tokens = LossNormalizer.FromMask(Aggregation.TokenMean, fullMask).TotalTokens, rows = fullMask.size(0);
        return golden.Text("loss_type") switch
        {
            "grpo" or "sapo" => new(Aggregation.SequenceMeanTokenMean, tokens, rows),
            "dr_grpo" => new(Aggregation.FixedLength, tokens, rows, golden.Number("max_completion_length")),
            _ => new(Aggregation.TokenMean, tokens, rows),
        };
    }
}
