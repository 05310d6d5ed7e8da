using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rewards;

namespace Mel.Training;

/// <summary>What happened in one step of a run.</summary>
/// <remarks>
/// A run that was stopped while a service worked on a step shows that step once more when it goes on; of the step only the figures are left then, and groups,
/// experiences and times are empty.
/// </remarks>
public sealed class StepReport
{
    /// <summary>Number of the step, counted from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Number of steps of the run.</summary>
    public required int Steps { get; init; }

    /// <summary>
    /// Figures by name, after TRL and verl where they have one; docs/metrics.md explains each. A figure of something that did not occur is absent.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>How long each stage took.</summary>
    public required StepTiming Timing { get; init; }

    /// <summary>Loss, gradient norm and factor of each term, averaged over the updates of the step.</summary>
    public required IReadOnlyList<TermReport> Terms { get; init; }

    /// <summary>Whether the policy was updated. False where no trajectory and no experience carried a gradient.</summary>
    public required bool HasSignal { get; init; }

    /// <summary>The verified groups of the step that train, with the attempts that joined them.</summary>
    public required IReadOnlyList<RolloutGroup> Groups { get; init; }

    /// <summary>The advantage of every trajectory of <see cref="Groups"/>, as the estimator gave it.</summary>
    public IReadOnlyList<IReadOnlyList<Advantage>> Advantages { get; init; } = [];

    /// <summary>The verified groups that the filter of the run rejected; empty where the run has none.</summary>
    public IReadOnlyList<RolloutGroup> EvictedGroups { get; init; } = [];

    /// <summary>The meta-experiences of the step; empty where the run extracts none.</summary>
    public required ExtractionResult Experiences { get; init; }

    /// <summary>Number of tokens sampled in the step: rollouts, experiences and replays.</summary>
    public required long SampledTokens { get; init; }

    /// <summary>Mean reward of the trajectories that could be judged, those a filter rejected included; NaN where none could be.</summary>
    public double Reward => Metrics.GetValueOrDefault(MetricNames.Reward, double.NaN);

    /// <summary>Share of the judged trajectories that were right, those a filter rejected included; NaN where none could be judged.</summary>
    public double Accuracy => Metrics.GetValueOrDefault(MetricNames.Accuracy, double.NaN);
}

/// <summary>How long each stage of a step took.</summary>
public sealed class StepTiming(TimeSpan rollout, TimeSpan verify, TimeSpan extraction, TimeSpan replay, TimeSpan update, TimeSpan total)
{
    internal static StepTiming None { get; } = new(default, default, default, default, default, default);

    /// <summary>Time spent on sampling trajectories.</summary>
    public TimeSpan Rollout { get; } = rollout;

    /// <summary>Time spent on judging the trajectories.</summary>
    public TimeSpan Verify { get; } = verify;

    /// <summary>Time spent on writing meta-experiences.</summary>
    public TimeSpan Extraction { get; } = extraction;

    /// <summary>Time spent on proving meta-experiences by replay.</summary>
    public TimeSpan Replay { get; } = replay;

    /// <summary>Time spent on scoring, gradients and the optimizer.</summary>
    public TimeSpan Update { get; } = update;

    /// <summary>Time of the whole step.</summary>
    public TimeSpan Total { get; } = total;
}
