using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Aggregations against verl and OpenRLHF.</summary>
public static class AggregationAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.agg_loss", c => Single(c, Verl(c, c.Tensor("loss_mask")))),
        new("openrlhf.aggregate_loss", c => Single(c, OpenRlhf(c, c.Tensor("loss_mask")))),
        new("verl.agg_loss.accumulate", Accumulated),
    ];

    /// <summary>verl's modes and counts in Mel's terms; its data-parallel size multiplies a loss that is averaged over the ranks later.</summary>
    public static LossNormalizer Verl(GoldenCase golden, Tensor mask)
    {
        LossNormalizer local = LossNormalizer.FromMask(Aggregation.TokenMean, mask);
        double ranks = golden.Number("dp_size", 1);
        double tokens = golden.Number("batch_num_tokens", local.TotalTokens) / ranks, sequences = golden.Number("global_batch_size", local.TotalSequences) / ranks;
        return golden.Text("loss_agg_mode") switch
        {
            "token-mean" => new(Aggregation.TokenMean, tokens, sequences),
            "token-sum" => new(Aggregation.TokenMean, 1 / ranks, sequences),
            "seq-mean-token-mean" => new(Aggregation.SequenceMeanTokenMean, tokens, sequences),
            "seq-mean-token-sum" => new(Aggregation.SequenceMeanTokenSum, tokens, sequences),
            "seq-mean-token-sum-norm" => new(Aggregation.FixedLength, tokens, sequences, golden.Number("loss_scale_factor", mask.size(1))),
            string mode => throw new NotSupportedException($"Aggregation '{mode}'"),
        };
    }

    public static LossNormalizer OpenRlhf(GoldenCase golden, Tensor mask)
    {
        LossNormalizer local = LossNormalizer.FromMask(golden.Flag("token_level_loss") ? Aggregation.TokenMean : Aggregation.SequenceMeanTokenMean, mask);
        double ranks = golden.Number("dp_size", 1);
        return local with { TotalTokens = golden.Number("batch_num_tokens", local.TotalTokens) / ranks, TotalSequences = golden.Number("global_batch_size", local.TotalSequences) / ranks };
    }

    private static GoldenOutputs Single(GoldenCase golden, LossNormalizer normalizer)
    {
        Tensor loss = golden.Tensor("loss_mat", requiresGrad: true);
        return new GoldenOutputs().AddLoss(MaskedReduce.Aggregate(loss, golden.Tensor("loss_mask"), normalizer), ("grad_loss_mat", loss));
    }

    private static GoldenOutputs Accumulated(GoldenCase golden)
    {
        Tensor loss = golden.Tensor("loss_mat", requiresGrad: true), mask = golden.Tensor("loss_mask");
        LossNormalizer normalizer = Verl(golden, mask);
        var partial = new List<Tensor>();
        long start = 0;
        foreach (double size in golden.Numbers1("micro_batch_sizes")!)
        {
            partial.Add(MaskedReduce.Aggregate(loss.narrow(0, start, (long)size), mask.narrow(0, start, (long)size), normalizer));
            start += (long)size;
        }
        return new GoldenOutputs().Add("partial_losses", stack(partial)).AddLoss(stack(partial).sum(), ("grad_loss_mat", loss));
    }
}
