using Mel.Advantages;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Likelihood losses: SFT, RFT and the joint loss of Eq. 10.</summary>
public static class NllAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.sft_loss", c => Sft(c, Aggregation.TokenMean)),
        new("openrlhf.sft", c => Sft(c, c.Flag("token_level_loss") ? Aggregation.TokenMean : Aggregation.SequenceMeanTokenMean)),
        new("rft", Rft),
        new("mel.joint", Joint),
    ];

    private static GoldenOutputs Sft(GoldenCase golden, Aggregation aggregation)
    {
        Tensor logProbs = golden.Tensor("log_prob", requiresGrad: true), mask = golden.Tensor("response_mask");
        Tensor loss = MaskedReduce.Aggregate(MaskedNll.PerToken(logProbs, mask), mask, LossNormalizer.FromMask(aggregation, mask));
        return new GoldenOutputs().AddLoss(loss, ("grad_log_prob", logProbs));
    }

    private static GoldenOutputs Rft(GoldenCase golden)
    {
        Tensor logProbs = golden.Tensor("log_prob", requiresGrad: true);
        GoldenTensor mask = golden.Input("response_mask");
        Advantage[] kept = new RolloutCases(golden.Input("rewards").Data, new int[mask.Rows], RolloutCases.Lengths(mask)).Estimate(new CorrectOnlySelection());
        Tensor selected = golden.Tensor("response_mask") * tensor(kept.Select(a => a.Trains ? 1.0 : 0).ToArray()).unsqueeze(1);
        Tensor advantages = tensor(kept.Select(a => a.Trains ? a[0] : double.NaN).ToArray());
        Aggregation aggregation = golden.Text("aggregation") == "token-mean" ? Aggregation.TokenMean : Aggregation.SequenceMeanTokenMean;
        Tensor loss = MaskedReduce.Aggregate(PolicyLoss.Reinforce(logProbs, advantages, selected), selected, LossNormalizer.FromMask(aggregation, selected));
        return new GoldenOutputs().AddLoss(loss, ("grad_log_prob", logProbs));
    }

    private static GoldenOutputs Joint(GoldenCase golden)
    {
        Tensor logProbs = golden.Tensor("log_prob", requiresGrad: true), mask = golden.Tensor("response_mask");
        GoldenTensor responses = golden.Input("response_mask");
        Advantage[] estimated = new RolloutCases(golden.Input("rewards").Data, golden.Input("index").Indices(), RolloutCases.Lengths(responses))
            .Estimate(new GroupRelativeAdvantage(new() { Epsilon = golden.Number("epsilon_std") }));
        Tensor advantages = tensor(estimated.Select(a => a[0]).ToArray());                // [B]
        Tensor perToken = PolicyLoss.ClippedSurrogate(logProbs, golden.Tensor("old_log_prob"), advantages, mask, new ClipRange(golden.Number("clip_ratio")), golden.NumberOrNull("dual_clip")).Loss;
        Tensor policy = MaskedReduce.Aggregate(perToken, mask, AggregationAdapters.Verl(golden, mask));

        Tensor experience = golden.Tensor("experience_log_prob", requiresGrad: true), experienceMask = golden.Tensor("experience_mask");
        GoldenTensor experiences = golden.Input("experience_mask");
        int[] prompts = golden.Input("experience_prompt_index").Indices();
        int[] nonEmpty = [.. Enumerable.Range(0, prompts.Length).Where(j => experiences.MaskRow(j).Contains(true))];
        ExperienceNormalization normalization = golden.Text("nll_normalization") switch
        {
            "prompt_mean_all" => ExperienceNormalization.PromptMeanAll,
            "prompt_mean_nonempty" => ExperienceNormalization.PromptMeanNonEmpty,
            _ => ExperienceNormalization.ExperienceMean,
        };
        double[] weightOfNonEmpty = MetaExperienceLoss.Weights(nonEmpty.Select(j => prompts[j]).ToArray(), (int)golden.Number("num_prompts"), normalization);
        var weights = new double[prompts.Length];
        for (int i = 0; i < nonEmpty.Length; i++) weights[nonEmpty[i]] = weightOfNonEmpty[i];
        Tensor nll = MetaExperienceLoss.Compute(experience, experienceMask, weights);
        Tensor loss = policy + nll * golden.Number("nll_coef");
        return new GoldenOutputs().Add("advantages", RolloutCases.Spread(estimated, responses)).Add("rl_loss", policy).Add("nll_loss", nll)
            .AddLoss(loss, ("grad_log_prob", logProbs), ("grad_experience_log_prob", experience));
    }
}
