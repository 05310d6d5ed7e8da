using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Losses against prime-rl: RL and likelihood terms, each over its own count.</summary>
public static class PrimeAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("prime.default_loss", c => Mixed(c, c.Number("loss_scale"), double.NaN)),
        new("prime.compute_loss", c => Mixed(c, c.Number("rl_scale"), c.Number("ce_scale"))),
    ];

    private static GoldenOutputs Mixed(GoldenCase golden, double policyTokens, double likelihoodTokens)
    {
        var rows = new LossRows(golden, oldName: "rollout_log_prob");
        Tensor selected = golden.Has("rl_weights") ? rows.Mask * golden.Tensor("rl_weights") : rows.Mask;
        Tensor perToken = PolicyLoss.ProbabilityGated(rows.LogProbs, rows.Old, rows.Advantages * golden.Number("adv_tau"), selected,
            golden.Number("dppo_mask_low"), golden.Number("dppo_mask_high"), golden.Number("kl_tau"));
        Tensor loss = MaskedReduce.Aggregate(perToken, selected, new(Aggregation.TokenMean, policyTokens, 0));
        if (golden.Has("ce_weights"))
        {
            Tensor likelihood = golden.Tensor("ce_weights") * golden.Tensor("response_mask");
            loss = loss + MaskedReduce.Aggregate(MaskedNll.PerToken(rows.LogProbs, likelihood) * likelihood, likelihood, new(Aggregation.TokenMean, likelihoodTokens, 0));
        }
        return new GoldenOutputs().AddLoss(loss, ("grad_log_prob", rows.LogProbs));
    }
}
