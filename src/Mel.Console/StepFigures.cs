using System.Globalization;
using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Terminal;

/// <summary>The figures of a step that progress shows, as text.</summary>
/// <param name="report">The step.</param>
/// <param name="remaining">Time to the end of the run.</param>
internal sealed class StepFigures(StepReport report, TimeSpan remaining)
{
    /// <summary>Step and number of steps.</summary>
    public string Step { get; } = string.Create(CultureInfo.InvariantCulture, $"{report.Step}/{report.Steps}");

    /// <summary>Mean reward of all that was sampled, or a dash where nothing could be judged.</summary>
    public string Reward { get; } = Number(report.Reward, "0.000");

    /// <summary>Retained meta-experiences out of the well-formed ones, or a dash where there was none.</summary>
    public string Retention { get; } = report.Experiences.WellFormed == 0 ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{report.Experiences.Retained.Count}/{report.Experiences.WellFormed} {report.Experiences.Retention:0%}");

    /// <summary>Sampled tokens per second.</summary>
    public string TokensPerSecond { get; } = Number(report.Metrics.GetValueOrDefault(MetricNames.Throughput, double.NaN), "#,0");

    /// <summary>Time to the end of the run.</summary>
    public string Remaining { get; } = Duration(remaining);

    /// <summary>What deserves attention, or nothing.</summary>
    public string Note { get; } = report.HasSignal ? "" : "no signal: not updated";

    /// <summary>Hours, minutes and seconds; days where there are any.</summary>
    public static string Duration(TimeSpan time) =>
        time.ToString(time.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "-";
}
