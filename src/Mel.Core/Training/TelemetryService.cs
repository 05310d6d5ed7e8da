using System.Diagnostics.Metrics;
using Mel.Diagnostics;
using Mel.Rewards;
using Mel.Verification;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>Records every step on the meter and in the log, and warns of what deserves attention.</summary>
internal sealed class TelemetryService(IMeterFactory? meters, ILogger logger, bool extracts) : IRunService, IDisposable
{
    private MelMeter? _meter;

    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        _meter = new MelMeter(meters);
        return ValueTask.CompletedTask;
    }

    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        RolloutGroup[] sampled = [.. report.Groups, .. report.EvictedGroups];
        int unverifiable = sampled.Sum(g => g.Verdicts.Count(v => v == Verdict.Unverifiable));
        double gradientNorm = report.Metrics[MetricNames.GradientNorm];
        if (extracts) Log.Experiences(logger, report.Step, report.Experiences.Retained.Count, report.Experiences.Candidates, report.Experiences.Pairs);
        if (unverifiable > 0) Log.Unverifiable(logger, report.Step, unverifiable, sampled.Sum(g => g.Trajectories.Count));
        if (!report.HasSignal && double.IsFinite(gradientNorm)) Log.NoGradientSignal(logger, report.Step, report.Reward);
        double noSignal = report.Metrics.GetValueOrDefault(MetricNames.FractionZeroStd, double.NaN);
        _meter?.Record(report.SampledTokens, report.Reward, noSignal, report.Experiences.Retained.Count);
        // A step that is shown once more has no times left.
        if (report.Timing != StepTiming.None) RecordTimes(report.Timing);
        Log.StepDone(logger, report.Step, report.Steps, report.Reward, gradientNorm, report.Timing.Total.TotalSeconds);
        return ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(RunContext run)
    {
        if (run is { End: RunEnd.Stopped, StopReason: { } reason }) Log.Stopped(logger, run.State.Step, reason);
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _meter?.Dispose();

    private void RecordTimes(StepTiming timing)
    {
        _meter?.RecordStep(timing.Total);
        _meter?.RecordPhase("rollout", timing.Rollout);
        _meter?.RecordPhase("verification", timing.Verify);
        if (extracts)
        {
            _meter?.RecordPhase("extraction", timing.Extraction);
            _meter?.RecordPhase("replay", timing.Replay);
        }

        _meter?.RecordPhase("update", timing.Update);
    }
}
