using Mel.Advantages;
using Mel.Rewards;
using Mel.Verification;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Estimators against verl, TRL and OpenRLHF.</summary>
public static class AdvantageAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.grpo", c => Verl(c, new GroupRelativeAdvantage(new() { Scale = c.Flag("norm_adv_by_std_in_grpo") ? AdvantageScale.Group : AdvantageScale.None, Epsilon = c.Number("epsilon"), KeepSingletonReward = true }))),
        new("verl.rloo", c => Verl(c, new LeaveOneOutAdvantage(new() { KeepSingletonReward = true }))),
        new("verl.reinforce_plus_plus_baseline", c => Verl(c, new BatchNormalizedAdvantage(new() { GroupBaseline = true, KeepSingletonReward = true }))),
        new("verl.reinforce_plus_plus", VerlReinforce),
        new("trl.grpo_advantages", Trl),
        new("openrlhf.reinforce", OpenRlhfReinforce),
        new("openrlhf.reinforce_baseline", c => OpenRlhfBatch(c, groupBaseline: true)),
        new("openrlhf.rloo", c => OpenRlhfGroup(c, new LeaveOneOutAdvantage())),
        new("openrlhf.group_norm", c => OpenRlhfGroup(c, new GroupRelativeAdvantage(new() { Epsilon = 1e-9 }))),
        new("openrlhf.dr_grpo", c => OpenRlhfGroup(c, new GroupRelativeAdvantage(new() { Scale = AdvantageScale.None }))),
    ];

    private static GoldenOutputs Verl(GoldenCase golden, IAdvantageEstimator estimator)
    {
        GoldenTensor mask = golden.Input("response_mask"), rewards = golden.Input("token_level_rewards");
        double[] outcome = [.. Enumerable.Range(0, mask.Rows).Select(r => rewards.Row(r).ToArray().Sum())];
        double[] advantages = [.. RolloutCases.Spread(new RolloutCases(outcome, golden.Input("index").Indices(), RolloutCases.Lengths(mask)).Estimate(estimator), mask)];
        return new GoldenOutputs().Add("advantages", advantages).Add("returns", advantages);
    }

    /// <summary>Token rewards given by the case: the pieces below the estimator, which itself takes outcome rewards.</summary>
    private static GoldenOutputs VerlReinforce(GoldenCase golden)
    {
        GoldenTensor mask = golden.Input("response_mask"), rewards = golden.Input("token_level_rewards");
        double[] returns = [.. Enumerable.Range(0, mask.Rows).SelectMany(r => TokenReturns.Accumulate(rewards.Row(r), mask.MaskRow(r), golden.Number("gamma")))];
        TokenWhitening whitening = TokenWhitening.Of([.. returns.Where((_, i) => mask.Data[i] != 0)], WhiteningConvention.Unbiased);
        return new GoldenOutputs().Add("advantages", returns.Select((r, i) => mask.Data[i] != 0 ? whitening.Apply(r) : 0)).Add("returns", returns);
    }

    private static GoldenOutputs Trl(GoldenCase golden)
    {
        GoldenTensor perFunction = golden.Input("rewards_per_func");
        int groupSize = (int)golden.Number("num_generations");
        double[]? weights = golden.Numbers1("reward_weights");
        Judgement[] judgements = [.. Enumerable.Range(0, perFunction.Rows).Select(r => new Judgement(Verdict.Incorrect)
        {
            Parts = [.. perFunction.Row(r).ToArray().Select((value, k) => new RewardPart($"{k}", value, weights?[k] ?? 1))],
        })];
        double[] sums = [.. judgements.Select(j => j.Reward)];
        var cases = new RolloutCases(judgements, [.. Enumerable.Range(0, sums.Length).Select(i => i / groupSize)], [.. sums.Select(_ => 1)]);
        AdvantageScale scale = golden.Text("scale_rewards") switch { "batch" => AdvantageScale.Batch, "none" => AdvantageScale.None, _ => AdvantageScale.Group };
        IAdvantageEstimator estimator = golden.Text("multi_objective_aggregation") == "normalize_then_sum"
            ? new DecoupledAdvantage(golden.Number("epsilon"))
            : new GroupRelativeAdvantage(new() { Scale = scale, Epsilon = golden.Number("epsilon") });
        IEnumerable<double> advantages = cases.Estimate(estimator).Select(a => a.Trains ? a[0] : 0);
        bool[] flat = [.. cases.Groups.Select(g => RewardStatistics.Of(scale == AdvantageScale.Batch ? sums : g.Rewards) is { AllEqual: true, Count: > 1 })];
        return new GoldenOutputs().Add("advantages", advantages)
            .Add("is_std_zero", flat.SelectMany(f => Enumerable.Repeat(f ? 1.0 : 0, groupSize))).Add("frac_reward_zero_std", flat.Average(f => f ? 1.0 : 0));
    }

    private static GoldenOutputs OpenRlhfReinforce(GoldenCase golden) => OpenRlhfBatch(golden, groupBaseline: false);

    /// <summary>
    /// REINFORCE++ with OpenRLHF's conventions: through the estimator where the mask has no holes, and always through its parts, which also give the values the
    /// reference leaves at masked positions.
    /// </summary>
    private static GoldenOutputs OpenRlhfBatch(GoldenCase golden, bool groupBaseline)
    {
        GoldenTensor mask = golden.Input("action_mask"), kl = golden.Input("kl"), rewards = golden.Input("rewards");
        int groupSize = (int)golden.Number("n_samples_per_prompt");
        double coefficient = golden.Number("kl_coef"), discount = golden.Number("gamma"), clip = golden.Numbers1("reward_clip_range")![1];
        WhiteningConvention convention = golden.Flag("no_std_norm") ? WhiteningConvention.MeanOnly : WhiteningConvention.Population;
        var cases = new RolloutCases(rewards.Data, [.. Enumerable.Range(0, mask.Rows).Select(i => i / groupSize)], RolloutCases.Lengths(mask));
        var returns = new List<double>();
        for (int row = 0; row < mask.Rows; row++)
        {
            RewardStatistics group = RewardStatistics.Of(cases.Groups[row / groupSize].Rewards);
            double outcome = Math.Clamp(rewards.Data[row] - (groupBaseline ? group.Mean : 0), -clip, clip);
            double[] tokens = TokenReturns.OutcomeReward(outcome, mask.Columns, kl.Row(row), coefficient, mask.MaskRow(row));
            returns.AddRange(TokenReturns.Accumulate(tokens, mask.MaskRow(row), discount, discountUnmasked: true));
        }
        TokenWhitening whitening = TokenWhitening.Of([.. returns.Where((_, i) => mask.Data[i] != 0)], convention);
        double atMasked = whitening.Scale == 0 ? 1e4 : whitening.Scale;   // equal returns are 0 in Mel; what lies under the mask keeps the reference's floor on the variance
        double[] advantages = [.. returns.Select((r, i) => mask.Data[i] != 0 ? whitening.Apply(r) : (r - whitening.Mean) * atMasked)];
        if (!HasHoles(mask))
        {
            var options = new BatchNormalizedAdvantageOptions { GroupBaseline = groupBaseline, Whitening = convention, Discount = discount, KlCoefficient = coefficient, RewardClip = clip };
            var estimator = new BatchNormalizedAdvantage(options, (group, i) => Valid(kl, mask, RolloutCases.Row(group, i)));
            double[] estimated = [.. RolloutCases.Spread(cases.Estimate(estimator), mask)];
            for (int i = 0; i < estimated.Length; i++)
                if (mask.Data[i] != 0) estimated[i].Should().BeApproximately(advantages[i], 1e-12, "the estimator is the sum of its parts");
        }
        return new GoldenOutputs().Add("advantages", advantages).Add("returns", returns).Add("group_reward_std", GroupDeviations(cases, groupSize, rewards));
    }

    private static GoldenOutputs OpenRlhfGroup(GoldenCase golden, IAdvantageEstimator estimator)
    {
        GoldenTensor mask = golden.Input("action_mask"), kl = golden.Input("kl"), rewards = golden.Input("rewards");
        int groupSize = (int)golden.Number("n_samples_per_prompt");
        var cases = new RolloutCases(rewards.Data, [.. Enumerable.Range(0, mask.Rows).Select(i => i / groupSize)], RolloutCases.Lengths(mask));
        var penalized = new KlPenalizedAdvantage(estimator, golden.Number("kl_coef"), (group, i) => Valid(kl, mask, RolloutCases.Row(group, i)));
        double[] advantages = [.. RolloutCases.Spread(cases.Estimate(penalized), mask)];
        return new GoldenOutputs().Add("advantages", advantages).Add("returns", advantages).Add("group_reward_std", GroupDeviations(cases, groupSize, rewards));
    }

    private static IEnumerable<double> GroupDeviations(RolloutCases cases, int groupSize, GoldenTensor rewards)
        => Enumerable.Range(0, rewards.Rows).Select(row => RewardStatistics.Of(cases.Groups[row / groupSize].Rewards).StandardDeviation());

    private static ReadOnlyMemory<double> Valid(GoldenTensor values, GoldenTensor mask, int row)
        => values.Row(row).ToArray().Where((_, t) => mask.Row(row)[t] != 0).ToArray();

    private static bool HasHoles(GoldenTensor mask)
        => Enumerable.Range(0, mask.Rows).Any(r => mask.MaskRow(r).AsSpan() is var row && row.Contains(true) && row[..(row.LastIndexOf(true) + 1)].Contains(false));
}
