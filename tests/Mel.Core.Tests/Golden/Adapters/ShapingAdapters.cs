using Mel.Advantages;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Reward shaping and filters.</summary>
public static class ShapingAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.overlong", VerlOverlong),
        new("openrlhf.overlong", OpenRlhfOverlong),
        new("trl.mask_truncated_completions", MaskTruncated),
        new("dynamic_sampling.keep", Keep),
    ];

    private static GoldenOutputs VerlOverlong(GoldenCase golden)
    {
        int limit = (int)golden.Number("max_response_length");
        var penalty = new OverlongPenalty(new() { BufferTokens = (int)golden.Number("overlong_buffer_len"), Factor = golden.Number("penalty_factor"), Capped = false });
        return new GoldenOutputs().Add("penalty", golden.Input("response_length").Data.Select(n => penalty.PenaltyOf((int)n, limit)));
    }

    private static GoldenOutputs OpenRlhfOverlong(GoldenCase golden)
    {
        int[] lengths = golden.Input("response_length").Indices();
        double[] before = golden.Input("rewards").Data;
        var shaper = new OverlongPenalty(new() { MaxTokens = (int)golden.Number("max_new_tokens"), BufferTokens = (int)golden.Number("overlong_buffer_len"), Factor = golden.Number("overlong_penalty_factor") });
        IReadOnlyList<double> after = shaper.Shape(new RolloutCases(before, new int[lengths.Length], lengths).Groups.Single()).Rewards;
        return new GoldenOutputs().Add("rewards", after).Add("num_penalized", after.Where((r, i) => r < before[i]).Count());
    }

    private static GoldenOutputs MaskTruncated(GoldenCase golden)
    {
        GoldenTensor ids = golden.Input("completion_ids"), mask = golden.Input("completion_mask");
        double eos = golden.Number("eos_token_id"), pad = golden.Number("pad_token_id");
        Trajectory[] trajectories = [.. Enumerable.Range(0, ids.Rows).Select(r =>
        {
            int[] tokens = [.. ids.Row(r).ToArray().Where(t => t >= 0).Select(t => (int)t)];
            return new Trajectory(tokens, new float[tokens.Length], "", tokens[^1] == eos || tokens[^1] == pad ? FinishReason.Stop : FinishReason.Length);
        })];
        var group = new RolloutGroup(new Prompt("x", "", ""), new[] { 1 }, trajectories, [.. trajectories.Select((_, i) => (Judgement)(i == 0 ? Verdict.Correct : Verdict.Incorrect))]);
        IReadOnlyList<Advantage> advantages = new OverlongFiltering(new GroupRelativeAdvantage()).Estimate([group])[0];
        return new GoldenOutputs().Add("completion_mask", mask.Data.Select((m, i) => advantages[i / mask.Columns].Trains ? m : 0));
    }

    private static GoldenOutputs Keep(GoldenCase golden)
    {
        GoldenTensor rewards = golden.Input("group_rewards");
        double[] range = golden.Numbers1("openrlhf_range")!;
        var unequal = new DynamicSampling();
        var between = new MeanRewardRange(range[0], range[1]);
        RolloutGroup[] groups = [.. Enumerable.Range(0, rewards.Rows).Select(r => new RolloutCases(rewards.Row(r).ToArray(), new int[rewards.Columns], Enumerable.Repeat(1, rewards.Columns).ToArray()).Groups.Single())];
        return new GoldenOutputs().Add("keep_verl_std_nonzero", groups.Select(g => unequal.Keep(g) ? 1.0 : 0)).Add("keep_openrlhf_mean_in_open_range", groups.Select(g => between.Keep(g) ? 1.0 : 0));
    }
}
