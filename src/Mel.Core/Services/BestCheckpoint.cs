using Mel.Checkpoints;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// Keeps the checkpoint of the step in which a figure was best. It is a checkpoint of the whole run, sealed and written like any other: a run that gets its
/// folder as <see cref="TrainerOptions.CheckpointFolder"/> goes on from there.
/// </summary>
/// <remarks>
/// What was best so far is part of the run's checkpoints. A run that begins at step 1 replaces what an earlier run left in the folder. Where the checkpoint
/// cannot be written, on a full disk for instance, the log says so, the older one stays, and the next step that is better than that one is kept.
/// </remarks>
public sealed class BestCheckpoint : IRunService, IRunState, IWatchesFigures
{
    private readonly BestCheckpointOptions _options;
    private readonly FigureRecord _record;
    private string? _folder;
    private int _improved;

    /// <summary>Creates the service.</summary>
    /// <param name="options">Figure, direction and folder; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public BestCheckpoint(BestCheckpointOptions? options = null)
    {
        _options = OptionRules.Checked(options, new BestCheckpointOptionsValidator());
        _record = new FigureRecord(_options.Figure, _options.Direction, _options.MinimumChange);
    }

    /// <summary>The step whose checkpoint is kept; 0 where there is none.</summary>
    public int Step => _record.BestStep;

    /// <summary>The figure of that step; NaN where there is none.</summary>
    public double Value => _record.Best;

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        _folder = CheckpointFolders.Beside(run, _options.Folder, "best", nameof(BestCheckpoint));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (_record.Observe(report)) _improved = report.Step;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (_improved != report.Step) return ValueTask.CompletedTask;
        try
        {
            run.SaveAlone(_folder!);
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            _record.Undo();
            Log.NotKept(run.Logger, report.Step, _folder!, e.Message);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(RunContext run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.End == RunEnd.Completed && Step == 0) Log.FigureNeverSeen(run.Logger, _options.Figure, nameof(BestCheckpoint));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SaveState() => _record.Save();

    /// <inheritdoc/>
    public void LoadState(ReadOnlyMemory<byte> state) => _record.Load(state);
}
