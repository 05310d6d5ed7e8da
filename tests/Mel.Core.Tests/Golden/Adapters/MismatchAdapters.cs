using System.Globalization;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Corrections for a sampler that differs from the trainer, against verl and TRL.</summary>
public static class MismatchAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("verl.rollout_is_weights", Verl),
        new("trl.importance_sampling_ratio", Trl),
    ];

    private static GoldenOutputs Verl(GoldenCase golden)
    {
        Tensor logRatio = golden.Tensor("log_ratio"), mask = golden.Tensor("response_mask");
        RatioLevel level = golden.Text("rollout_is") == "token" ? RatioLevel.Token : RatioLevel.Sequence;
        double[] bounds = [.. golden.Text("rollout_is_threshold").Split('_', StringSplitOptions.RemoveEmptyEntries).Select(b => double.Parse(b, CultureInfo.InvariantCulture))];
        Tensor weights = bounds.Length == 2
            ? SamplerMismatch.Weights(logRatio, zeros_like(logRatio), mask, level, MismatchRule.Mask, bounds[0], bounds[1])
            : SamplerMismatch.Weights(logRatio, zeros_like(logRatio), mask, level, MismatchRule.Truncate, max: golden.Number("rollout_is_threshold"));
        if (golden.Flag("rollout_is_batch_normalize")) weights = SamplerMismatch.NormalizeToMeanOne(weights, mask, level);
        return new GoldenOutputs().Add("weights", weights);
    }

    /// <summary>TRL gives one column for sequences, and 1 where nothing is left to correct.</summary>
    private static GoldenOutputs Trl(GoldenCase golden)
    {
        Tensor mask = golden.Tensor("response_mask");
        string[] mode = golden.Text("mode").Split('_');
        RatioLevel level = mode[0] == "token" ? RatioLevel.Token : RatioLevel.Sequence;
        Tensor weights = SamplerMismatch.Weights(golden.Tensor("old_log_prob"), golden.Tensor("rollout_log_prob"), mask, level,
            mode[1] == "truncate" ? MismatchRule.Truncate : MismatchRule.Mask, golden.NumberOrNull("clip_min"), golden.NumberOrNull("clip_max"), maxLogRatio: null);
        return new GoldenOutputs().Add("ratio", level == RatioLevel.Token ? where(mask.ne(0), weights, ones_like(weights)) : where(mask.ne(0).any(1, keepdim: true), weights.amax([1], keepdim: true), ones_like(mask.narrow(1, 0, 1))));
    }
}
