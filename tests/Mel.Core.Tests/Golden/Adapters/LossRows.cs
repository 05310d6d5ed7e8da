using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>The tensors that every policy-loss case has. Owned by the caller's dispose scope.</summary>
public sealed class LossRows
{
    private readonly GoldenCase _golden;

    /// <param name="golden">A policy-loss case.</param>
    /// <param name="oldName">Input that holds the log-probs of the ratio's denominator; where a case has none, the ratio is 1.</param>
    public LossRows(GoldenCase golden, string oldName = "old_log_prob")
    {
        _golden = golden;
        LogProbs = golden.Tensor("log_prob", requiresGrad: true);
        Old = golden.Has(oldName) ? golden.Tensor(oldName) : LogProbs.detach();
        Advantages = golden.Tensor("advantages");
        Mask = golden.Tensor("response_mask");
    }

    public Tensor LogProbs { get; }

    public Tensor Old { get; }

    public Tensor Advantages { get; }

    public Tensor Mask { get; }

    /// <summary>The loss times the case's correction weights, if it has any.</summary>
    public Tensor Corrected(Tensor loss) => _golden.Has("rollout_is_weights") ? loss * _golden.Tensor("rollout_is_weights") : loss;

    public GoldenOutputs Outputs(Tensor perToken)
        => new GoldenOutputs().AddLoss(MaskedReduce.Aggregate(perToken, Mask, AggregationAdapters.Verl(_golden, Mask)), ("grad_log_prob", LogProbs));

    /// <summary>Mean of log pi_old - log pi over the tokens.</summary>
    public Tensor MeanLogRatio(double? limit)
    {
        Tensor difference = Old - LogProbs.detach();
        return MaskedReduce.Mean(limit is { } l ? difference.clamp(-l, l) : difference, Mask);
    }
}
