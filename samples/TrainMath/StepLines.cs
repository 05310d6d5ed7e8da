using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>One line a step, and a line of its own for what a user should not overlook.</summary>
internal sealed class StepLines : IProgress<StepReport>
{

    public void Report(StepReport value)
    {
        TimeSpan left = TimeSpan.FromSeconds(value.Timing.Total.TotalSeconds * (value.Steps - value.Step));
        string experiences = value.Metrics.TryGetValue(MetricNames.MelCandidates, out double candidates)
            ? $"  experiences {value.Experiences.Retained.Count}/{candidates}"
            : string.Empty;
        Console.WriteLine($"step {value.Step}/{value.Steps}  reward {value.Reward:F3}{experiences}  grad {value.Metrics[MetricNames.GradientNorm]:G3}  {value.Metrics[MetricNames.MeanLength]:F0} tokens/answer  {value.Metrics[MetricNames.Throughput]:N0} tokens/s  {left:hh\\:mm\\:ss} left");
        if (!value.HasSignal) Console.WriteLine($"  no learning signal: {value.Metrics[MetricNames.FractionZeroStd]:P0} of the groups are all right or all wrong and no experience was retained; the policy was left as it is");
    }
}
