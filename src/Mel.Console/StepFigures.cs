using System.Globalization;
using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Terminal;

/// <summary>The figures of a step that a board shows, as text. A figure the run does not have is a dash.</summary>
internal sealed class StepFigures
{
    private readonly StepReport _report;

    /// <param name="report">The step.</param>
    /// <param name="remaining">Time to the end of the run.</param>
    public StepFigures(StepReport report, TimeSpan remaining)
    {
        _report = report;
        Remaining = Duration(remaining);
        Phases = Shares(report.Timing);
    }

    /// <summary>Step and number of steps.</summary>
    public string Step => string.Create(CultureInfo.InvariantCulture, $"{_report.Step}/{_report.Steps}");

    /// <summary>How much of the run is done, from 0 to 1.</summary>
    public double Done => _report.Steps <= 0 ? 1 : Math.Clamp((double)_report.Step / _report.Steps, 0, 1);

    /// <summary>Share of right answers.</summary>
    public string Accuracy => Number(_report.Accuracy, "0.000");

    /// <summary>Mean reward of all that was sampled.</summary>
    public string Reward => Number(_report.Reward, "0.000");

    /// <summary>Entropy of the scored tokens, nats.</summary>
    public string Entropy => Figure(MetricNames.Entropy, "0.00");

    /// <summary>Mean length of a trajectory, tokens.</summary>
    public string Length => Figure(MetricNames.MeanLength, "0.0");

    /// <summary>Share of tokens whose gradient a clip took away.</summary>
    public string Clipped
        => Number(Value(MetricNames.ClipRatioLow) + Value(MetricNames.ClipRatioHigh), "0.0%");

    /// <summary>Share of groups without a difference to learn from.</summary>
    public string WithoutSignal => Figure(MetricNames.FractionZeroStd, "0%");

    /// <summary>Retained meta-experiences out of the well-formed ones.</summary>
    public string Retention => _report.Experiences is not { WellFormed: > 0 } found ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{found.Retained.Count}/{found.WellFormed} {found.Retention:0%}");

    /// <summary>Sampled tokens per second.</summary>
    public string TokensPerSecond => Figure(MetricNames.Throughput, "#,0");

    /// <summary>Time to the end of the run.</summary>
    public string Remaining { get; }

    /// <summary>The phases of the step and their shares of its time, percent; those without time are left out.</summary>
    public IReadOnlyList<(string Phase, string Share)> Phases { get; }

    /// <summary>What deserves attention, or nothing.</summary>
    public string Note => _report.HasSignal ? "" : "no signal: not updated";

    /// <summary>Hours, minutes and seconds; days where there are any.</summary>
    public static string Duration(TimeSpan time)
        => time.ToString(time.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>The number, or a dash for what is none.</summary>
    public static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private string Figure(string name, string format) => Number(Value(name), format);

    private double Value(string name) => _report.Metrics.GetValueOrDefault(name, double.NaN);

    private static (string, string)[] Shares(StepTiming timing)
    {
        if (timing.Total <= TimeSpan.Zero) return [];
        (string Phase, TimeSpan Time)[] phases =
            [("sample", timing.Rollout), ("judge", timing.Verify), ("write", timing.Extraction), ("replay", timing.Replay), ("update", timing.Update)];
        return [.. phases.Where(p => p.Time > TimeSpan.Zero).Select(p => (p.Phase, Number(p.Time / timing.Total, "0%")))];
    }
}
