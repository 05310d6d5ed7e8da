using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Training;

namespace Mel.Services;

/// <summary>Stops a run when a figure has not become better for some time, or when it passes a bound. The report of the run says why.</summary>
/// <remarks>
/// What was best so far is part of the run's checkpoints. A run that was stopped and is started again stops at once, unless the options have become more
/// patient.
/// </remarks>
public sealed class EarlyStop : IRunService, IRunState, IWatchesFigures
{
    private readonly EarlyStopOptions _options;
    private readonly FigureRecord _record;

    /// <summary>Creates the service.</summary>
    /// <param name="options">Figure, patience and bounds; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public EarlyStop(EarlyStopOptions? options = null)
    {
        _options = OptionRules.Checked(options, new EarlyStopOptionsValidator());
        _record = new FigureRecord(_options.Figure, _options.Direction, _options.MinimumChange);
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        // A step that is shown once more has its say then.
        if (run.State.OpenFigures is null && Reason() is { } reason) run.RequestStop(reason);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        _record.Observe(report);
        // After the last step there is nothing left to stop.
        if (report.Step < report.Steps && Reason() is { } reason) run.RequestStop(reason);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(RunContext run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.End == RunEnd.Completed && _record.BestStep == 0) Log.FigureNeverSeen(run.Logger, _options.Figure, nameof(EarlyStop));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SaveState() => _record.Save();

    /// <inheritdoc/>
    public void LoadState(ReadOnlyMemory<byte> state) => _record.Load(state);

    private string? Reason()
    {
        string figure = Excerpt.Of(_options.Figure);
        if (_record.Last < _options.StopBelow) return $"{figure} is {Text(_record.Last)}, below the bound {Text(_options.StopBelow)}";
        if (_record.Last > _options.StopAbove) return $"{figure} is {Text(_record.Last)}, above the bound {Text(_options.StopAbove)}";
        if (_options.Patience is not { } patience || _record.Since < patience) return null;
        string change = _options.Direction == FigureDirection.Higher ? "rise above" : "fall below";
        string by = _options.MinimumChange > 0 ? $" by more than {Text(_options.MinimumChange)}" : string.Empty;
        return $"{figure} did not {change} the {Text(_record.Best)} of step {_record.BestStep}{by} in {_record.Since} values since";
    }

    private static string Text(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "none";
}
