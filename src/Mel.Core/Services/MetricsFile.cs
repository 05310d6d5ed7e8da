using Mel.Training;

namespace Mel.Services;

/// <summary>
/// Writes the figures of every step to a file, one JSON object a line: <c>{"step":1,"reward":0.25,...}</c>. Every line is flushed at once. A resumed run first
/// cuts the file back to the steps of its checkpoint, so that every step has one line.
/// </summary>
/// <remarks>
/// A line that cannot be written, on a full disk for instance, is kept and tried again with the next one; the end of the run is an error if one is left. A run
/// that begins at step 1 sets an older file aside as <c>name.1</c>, <c>name.2</c>, ...
/// </remarks>
public sealed class MetricsFile : IRunService, IDisposable
{
    private readonly StepLines _lines;

    /// <summary>Names the file, which is opened, and its folder made, when a run starts.</summary>
    /// <param name="path">The file.</param>
    public MetricsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _lines = new StepLines(path, "figures", oneLineAStep: true);
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        // The line of a step that not every service has seen is written when all have.
        _lines.Start(run, run.State.OpenFigures is null ? run.State.Step : run.State.Step - 1);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        _lines.Add(report.Step, json =>
        {
            foreach ((string name, double number) in report.Metrics)
            {
                // JSON has no NaN; a figure that does not exist is null.
                if (double.IsFinite(number)) json.WriteNumber(name, number);
                else json.WriteNull(name);
            }
        });
        _lines.Write(run, report.Step);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A line could not be written.</exception>
    public ValueTask EndAsync(RunContext run)
    {
        _lines.End();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
